import type { PowerState } from '@dcm/core'

/** What the platform shows of a VM in one state, and what the port has to call it. */
export interface NativeStateRow {
  readonly native: string
  readonly running: boolean
  readonly qmpStatus?: string
  readonly lock?: string
  readonly powerState: PowerState
}

const whileRunning = (qmpStatus: string, powerState: PowerState, lock?: string): NativeStateRow => ({
  native: lock === undefined ? qmpStatus : `${qmpStatus} (${lock})`,
  running: true,
  qmpStatus,
  powerState,
  ...(lock !== undefined && { lock }),
})

/** QEMU's run states and the locks that change what they mean, as Proxmox VE 7.4 to 9.2 show them. */
export const nativeStates: readonly NativeStateRow[] = [
  { native: 'stopped', running: false, powerState: 'stopped' },
  { native: 'stopped (suspended)', running: false, lock: 'suspended', powerState: 'suspended' },
  { native: 'stopped (clone)', running: false, lock: 'clone', powerState: 'transitioning' },
  { native: 'stopped (create)', running: false, lock: 'create', powerState: 'transitioning' },
  { native: 'stopped (backup)', running: false, lock: 'backup', powerState: 'stopped' },
  whileRunning('running', 'running'),
  whileRunning('running', 'running', 'backup'),
  whileRunning('running', 'running', 'snapshot'),
  whileRunning('paused', 'paused'),
  whileRunning('paused', 'transitioning', 'suspending'),
  whileRunning('prelaunch', 'transitioning'),
  whileRunning('inmigrate', 'transitioning', 'migrate'),
  whileRunning('restore-vm', 'transitioning'),
  whileRunning('save-vm', 'transitioning'),
  whileRunning('finish-migrate', 'transitioning', 'migrate'),
  whileRunning('postmigrate', 'transitioning', 'migrate'),
  whileRunning('suspended', 'suspended'),
  whileRunning('shutdown', 'transitioning'),
  whileRunning('io-error', 'error'),
  whileRunning('internal-error', 'error'),
  whileRunning('guest-panicked', 'error'),
  whileRunning('watchdog', 'error'),
]
