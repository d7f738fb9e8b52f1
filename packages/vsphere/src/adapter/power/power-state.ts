import { HypervisorError, type VmInfo, type VmRef } from '@dcm/core'
import { type ManagedObjectReference, reference } from '../../client/reference.js'
import { readVm } from '../locate.js'
import { getVm } from '../machines.js'
import { mapPowerState } from '../map-power-state.js'
import { type DetailRow, idOf, instanceUuidOf } from '../map-vm.js'
import type { Platform } from '../platform.js'
import type { VmPulse } from '../task-polling.js'

/** What operations on a VM keep in their handles. */
export type VmState = {
  /** instanceUuid: the VM's id. */
  id: string
  /** `vm-12`: where calls are sent. */
  vm: string
  /** When its present life began, as the platform says. */
  bootTime: string
}

export function pinned(row: DetailRow): Partial<VmState> {
  const bootTime = row['runtime.bootTime']
  return { id: idOf(row), vm: row.ref.value, ...(bootTime !== undefined && { bootTime }) }
}

export function vmOf(state: Readonly<Partial<VmState>>): ManagedObjectReference {
  if (state.vm === undefined) throw new TypeError('the plan pins the VM')
  return reference('VirtualMachine', state.vm)
}

/** The VM's pulse; NOT_FOUND when it is gone by now. */
export async function pulseOf(platform: Platform, state: Readonly<Partial<VmState>>): Promise<VmPulse> {
  const pulse = await platform.tasks.pulse(vmOf(state).value)
  if (pulse !== undefined) return pulse
  throw new HypervisorError('NOT_FOUND', `VM ${state.id} was removed meanwhile`, {
    ...(state.id !== undefined && { resource: state.id }),
  })
}

/** CONFLICT or FAILED_PRECONDITION where the VM cannot take any change of its power state. */
export function assertReachable(row: DetailRow): void {
  const question = row['runtime.question']
  if (question !== undefined) {
    throw new HypervisorError('CONFLICT', `VM ${idOf(row)} waits for an answer to: ${question.text}`, {
      resource: idOf(row),
      // Whoever answers it sets the VM free.
      retryable: true,
      details: { reason: 'locked', lock: 'question' },
    })
  }
  const { powerState, rawState } = mapPowerState(stateWords(row))
  if (powerState === 'unknown' || powerState === 'error') {
    throw refused(row, `cannot be reached (${rawState}): see to its host and datastore`, 'unreachable')
  }
}

export function stateWords(row: DetailRow): { powerState?: string | undefined; connectionState?: string | undefined } {
  return { powerState: row['runtime.powerState'], connectionState: row['runtime.connectionState'] }
}

export function refused(row: DetailRow, why: string, reason: string): HypervisorError {
  const id = idOf(row)
  return new HypervisorError('FAILED_PRECONDITION', `VM ${id} ${why}`, { resource: id, details: { reason } })
}

/** The guest did not do in time what it was asked for. */
export function notInTime(message: string, timeoutMs: number): HypervisorError {
  return new HypervisorError('TIMEOUT', message, { outcome: 'failed', retryable: false, details: { timeoutMs } })
}

/** The VM as it is when the operation is done. */
export function resultOf(platform: Platform, state: Readonly<Partial<VmState>>, signal: AbortSignal): Promise<VmInfo> {
  const ref: VmRef = {
    endpoint: platform.endpoint,
    id: state.id ?? '',
    ...(state.vm !== undefined && { locator: state.vm, incarnation: state.vm }),
  }
  return getVm(platform, ref, signal)
}

/**
 * The VM that was planned for, if it is still there. A reference is never given to another VM: one that cannot say its id any more,
 * because its files are lost, is still ours.
 */
export async function readAgain(
  platform: Platform,
  state: Readonly<Partial<VmState>>,
  signal: AbortSignal,
): Promise<DetailRow | undefined> {
  const row = await readVm(platform, vmOf(state).value, signal)
  const isOurs = row !== undefined && (instanceUuidOf(row) === undefined || idOf(row) === state.id)
  return isOurs ? row : undefined
}
