import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mapPowerState } from './map-power-state.js'

const table: readonly (readonly [string, string, string, string, string?])[] = [
  ['stopped', 'stopped', '', 'stopped'],
  ['stopped', '', '', 'stopped'],
  ['stopped', 'stopped', 'suspended', 'suspended'],
  ['stopped', 'stopped', 'clone', 'transitioning', 'provisioning'],
  ['stopped', 'stopped', 'create', 'transitioning', 'provisioning'],
  ['running', 'running', 'create', 'transitioning', 'provisioning'],
  ['stopped', 'stopped', 'destroyed', 'transitioning', 'deleting'],
  ['stopped', 'stopped', 'backup', 'stopped'],
  ['stopped', 'stopped', 'rollback', 'stopped', 'snapshotting'],
  ['running', '', '', 'running'],
  ['running', 'running', '', 'running'],
  ['running', 'running', 'backup', 'running'],
  ['running', 'running', 'snapshot', 'running', 'snapshotting'],
  ['running', 'running', 'migrate', 'running', 'migrating'],
  ['running', 'paused', '', 'paused'],
  ['running', 'paused', 'suspending', 'transitioning', 'suspending'],
  ['running', 'prelaunch', '', 'transitioning', 'starting'],
  ['running', 'inmigrate', 'migrate', 'transitioning', 'migrating'],
  ['running', 'restore-vm', '', 'transitioning', 'starting'],
  ['running', 'preconfig', '', 'transitioning', 'starting'],
  ['running', 'save-vm', 'suspending', 'transitioning', 'suspending'],
  ['running', 'finish-migrate', 'migrate', 'transitioning', 'migrating'],
  ['running', 'postmigrate', '', 'transitioning', 'suspending'],
  ['running', 'suspended', '', 'suspended'],
  ['running', 'shutdown', '', 'transitioning', 'stopping'],
  ['running', 'io-error', '', 'error'],
  ['running', 'internal-error', '', 'error'],
  ['running', 'guest-panicked', '', 'error'],
  ['running', 'watchdog', '', 'error'],
  ['unknown', '', '', 'unknown'],
  ['', '', '', 'unknown'],
  ['running', 'colo', '', 'unknown'],
  ['stopped', 'running', '', 'unknown'],
  ['hibernating', '', '', 'unknown'],
]

describe('mapPowerState', () => {
  it.each(table)('%s / %s / %s is %s', (status, qmpstatus, lock, powerState, transition) => {
    const mapped = mapPowerState({ status, qmpstatus, lock })
    expect(mapped.powerState).toBe(powerState)
    expect(mapped.transition).toBe(transition)
  })

  it('knows an answer for any words, keeps them, and never takes an unknown one for stopped', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (status, qmpstatus, lock) => {
        const mapped = mapPowerState({ status, qmpstatus, lock })
        expect(mapped.rawState).toContain(qmpstatus)
        if (status !== 'stopped' && status !== 'running') expect(mapped.powerState).toBe('unknown')
      }),
    )
    expect(mapPowerState({ status: 'running', qmpstatus: '__proto__' }).powerState).toBe('unknown')
  })

  it('names every lock but the one of a VM saved to disk', () => {
    expect(mapPowerState({ status: 'stopped', lock: 'backup' }).locked).toBe('backup')
    expect(mapPowerState({ status: 'stopped', lock: 'suspended' })).not.toHaveProperty('locked')
    expect(mapPowerState({ status: 'running', qmpstatus: 'paused', lock: 'backup' }).rawState).toBe(
      'running/paused/backup',
    )
  })
})
