import { expect, it } from 'vitest'
import { hostStatus } from './map-resources.js'

it.each([
  ['connected', false, 'up'],
  ['connected', undefined, 'up'],
  ['connected', true, 'maintenance'],
  ['notResponding', false, 'down'],
  ['disconnected', true, 'down'],
  ['quantum', false, 'unknown'],
  [undefined, undefined, 'unknown'],
])('a host that is %s (maintenance %s) is %s', (connection, maintenance, status) => {
  expect(hostStatus(connection, maintenance)).toBe(status)
})
