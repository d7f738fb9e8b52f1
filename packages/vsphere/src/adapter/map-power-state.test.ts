import fc from 'fast-check'
import { expect, it } from 'vitest'
import { mapPowerState } from './map-power-state.js'

it.each([
  ['poweredOn', 'connected', 'running', 'poweredOn'],
  ['poweredOff', 'connected', 'stopped', 'poweredOff'],
  ['suspended', 'connected', 'suspended', 'suspended'],
  ['poweredOn', 'disconnected', 'unknown', 'poweredOn/disconnected'],
  ['poweredOff', 'orphaned', 'error', 'poweredOff/orphaned'],
  ['poweredOff', 'inaccessible', 'error', 'poweredOff/inaccessible'],
  ['poweredOff', 'invalid', 'error', 'poweredOff/invalid'],
  ['hibernating', 'connected', 'unknown', 'hibernating'],
  ['poweredOff', 'quantum', 'unknown', 'poweredOff/quantum'],
  ['', '', 'unknown', 'unknown'],
])('%s while %s is %s', (powerState, connectionState, mapped, rawState) => {
  expect(mapPowerState({ powerState, connectionState })).toEqual({ powerState: mapped, rawState })
})

it('shows a question as what holds the VM', () => {
  expect(mapPowerState({ powerState: 'poweredOn', connectionState: 'connected', question: true })).toEqual({
    powerState: 'running',
    locked: 'question',
    rawState: 'poweredOn/question',
  })
})

it('takes any words, and says stopped only of a connected VM that is off', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (powerState, connectionState) => {
      const mapped = mapPowerState({ powerState, connectionState }).powerState
      return mapped !== 'stopped' || (powerState === 'poweredOff' && connectionState === 'connected')
    }),
  )
})
