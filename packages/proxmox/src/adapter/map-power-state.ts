import type { PowerState, Transition } from '@dcm/core'

/** State words as rows (`status`, `lock`) and live answers (`qmpstatus` too) have them. */
export interface NativeState {
  readonly status?: string | undefined
  readonly qmpstatus?: string | undefined
  readonly lock?: string | undefined
}

export interface MappedState {
  readonly powerState: PowerState
  readonly transition?: Transition
  readonly locked?: string
  readonly rawState: string
}

type Verdict = readonly [PowerState, Transition?]

/** A running process, by QEMU's run state. Absent means that only the coarse status is known: running. */
const whileRunning: Readonly<Record<string, Verdict | ((lock: string) => Verdict)>> = {
  '': ['running'],
  running: ['running'],
  paused: (lock) => (lock === 'suspending' ? ['transitioning', 'suspending'] : ['paused']),
  prelaunch: (lock) => ['transitioning', lock === 'migrate' ? 'migrating' : 'starting'],
  inmigrate: (lock) => ['transitioning', lock === 'migrate' ? 'migrating' : 'starting'],
  'restore-vm': (lock) => ['transitioning', lock === 'migrate' ? 'migrating' : 'starting'],
  preconfig: (lock) => ['transitioning', lock === 'migrate' ? 'migrating' : 'starting'],
  'save-vm': (lock) => ['transitioning', lock === 'migrate' ? 'migrating' : 'suspending'],
  'finish-migrate': (lock) => ['transitioning', lock === 'migrate' ? 'migrating' : 'suspending'],
  postmigrate: (lock) => ['transitioning', lock === 'migrate' ? 'migrating' : 'suspending'],
  suspended: ['suspended'],
  shutdown: ['transitioning', 'stopping'],
  'io-error': ['error'],
  'internal-error': ['error'],
  'guest-panicked': ['error'],
  watchdog: ['error'],
}

/** What a lock says beside a state that it does not change. */
const besideState: Readonly<Record<string, Transition>> = {
  migrate: 'migrating',
  snapshot: 'snapshotting',
  'snapshot-delete': 'snapshotting',
  rollback: 'snapshotting',
  suspending: 'suspending',
}

/**
 * The port's state for any combination of the platform's words. Total: what is not known here is `unknown` and shows in
 * `rawState`. Proxmox VE 7.4 to 9.2; run states are QEMU's.
 */
export function mapPowerState(native: NativeState): MappedState {
  const { status = '', qmpstatus = '', lock = '' } = native
  const [powerState, transition = besideState[lock]] = verdict(status, qmpstatus, lock)
  return {
    powerState,
    ...(transition !== undefined && { transition }),
    // A VM saved to disk carries a lock too, but start and resume are what takes it away.
    ...(lock !== '' && lock !== 'suspended' && { locked: lock }),
    rawState: rawStateOf(status, qmpstatus, lock),
  }
}

/** The platform's words in one: `running/paused/backup`; parts that are missing at the end are left out. */
export function rawStateOf(status: string, qmpstatus: string, lock: string): string {
  const first = status === '' ? 'unknown' : status
  if (lock !== '') return `${first}/${qmpstatus}/${lock}`
  return qmpstatus === '' ? first : `${first}/${qmpstatus}`
}

function verdict(status: string, qmpstatus: string, lock: string): Verdict {
  if (status !== 'stopped' && status !== 'running') return ['unknown']
  if (lock === 'clone' || lock === 'create') return ['transitioning', 'provisioning']
  if (lock === 'destroyed') return ['transitioning', 'deleting']
  if (status === 'stopped') {
    if (qmpstatus !== '' && qmpstatus !== 'stopped') return ['unknown']
    return lock === 'suspended' ? ['suspended'] : ['stopped']
  }
  const found = Object.hasOwn(whileRunning, qmpstatus) ? whileRunning[qmpstatus] : undefined
  if (found === undefined) return ['unknown']
  return typeof found === 'function' ? found(lock) : found
}
