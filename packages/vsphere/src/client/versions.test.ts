import { describe, expect, it } from 'vitest'
import { chooseVersion, isBefore } from './versions.js'

function offer(version: string, ...prior: string[]): string {
  const others = prior.map((each) => `<version>${each}</version>`).join('')
  return `<namespaces version="1.0"><namespace><name>urn:vim25</name><version>${version}</version><priorVersions>${others}</priorVersions></namespace></namespaces>`
}

describe('the version that both sides know', () => {
  it('is the highest, by the order of the platform and not by number', () => {
    expect(chooseVersion(offer('8.0.3.0', '8.0.2.0', '7.0'))).toBe('8.0.3.0')
    expect(chooseVersion(offer('6.7.1', '6.7', '6.5'))).toBe('6.7.1')
    expect(chooseVersion(offer('2.5', '2.5u2server', '2.0'))).toBe('2.5u2server')
  })

  it('is an older one where the server is newer than we are', () => {
    expect(chooseVersion(offer('12.0.0.0', '9.1.0.0', '8.0.3.0'))).toBe('9.1.0.0')
  })

  it('is left open where nothing fits', () => {
    expect(chooseVersion(offer('12.0.0.0'))).toBeUndefined()
    expect(chooseVersion('<namespaces/>')).toBeUndefined()
    expect(chooseVersion(offer('8.0.3.0').replace('vim25', 'vsan'))).toBeUndefined()
  })
})

it('tells which version is the older one, by the order of the platform', () => {
  expect(isBefore('7.0.3.2', '8.0.0.0')).toBe(true)
  expect(isBefore('6.7.3', '6.9.1')).toBe(true)
  expect(isBefore('8.0.0.0', '8.0.0.0')).toBe(false)
  expect(isBefore('9.1.0.0', '6.5')).toBe(false)
  expect(isBefore('12.0.0.0', '9.1.0.0')).toBe(false)
  // The files that we know of the two cannot tell what 8.0.3.1 had already.
  expect(isBefore('8.0.3.1', '9.0.0.0')).toBe(false)
  expect(isBefore('8.0.3.0', '9.0.0.0')).toBe(true)
})
