import { HypervisorError, type StepContext, type VmInfo, type VmRef } from '@dcm/core'
import { findPlace, isGone, isNodeSilent, type LiveVm, readStatus } from '../locate.js'
import { getVm } from '../machines.js'
import { type MappedState, mapPowerState } from '../map-power-state.js'
import { incarnationOf } from '../map-vm-info.js'
import type { Platform, VmPlace, VmStatus } from '../platform.js'

/** What every operation on a VM keeps in its handle. */
export type VmState = {
  vmid: number
  /** Changes when the VM migrates meanwhile. */
  node: string
  incarnation: string
  /** Process of the VM when the operation was planned; tells a later life of it apart. */
  pid: number
  /** The HA manager carries out what is asked, some seconds later. */
  ha: boolean
}

/** What is pinned when an operation on a VM is planned. */
export function pinned(live: LiveVm): Partial<VmState> {
  const incarnation = incarnationOf(live.config)
  return {
    ...live.place,
    ...(incarnation !== undefined && { incarnation }),
    ...(live.status.pid !== undefined && { pid: live.status.pid }),
    ...(isManaged(live.status) && { ha: true }),
  }
}

export function isManaged(status: VmStatus): boolean {
  return status.ha?.managed === true
}

export function stateOf(status: VmStatus, lock?: string): MappedState {
  return mapPowerState({ ...status, lock: status.lock ?? lock })
}

/** Where the handle says that the VM is. */
export function placeOf(state: Readonly<Partial<VmState>>): VmPlace {
  const { vmid, node } = state
  if (vmid === undefined || node === undefined) throw new TypeError('the plan step comes first: it finds the VM')
  return { vmid, node }
}

/** Live state, also when the VM has moved to another node meanwhile. */
export async function readStatusAnywhere(
  platform: Platform,
  state: Readonly<Partial<VmState>>,
  signal: AbortSignal,
): Promise<{ readonly status: VmStatus; readonly moved?: { readonly node: string } }> {
  const place = placeOf(state)
  try {
    return { status: await readStatus(platform.api, place, signal) }
  } catch (error) {
    if (!isGone(error) && !isNodeSilent(error)) throw error
    const found = await findPlace(platform.api, place.vmid, signal)
    if (found === undefined || found.node === place.node) throw error
    return { status: await readStatus(platform.api, found, signal), moved: { node: found.node } }
  }
}

/** Refuses to act on a later life of the VM: somebody started it anew since the plan. */
export function assertSameLife(state: Readonly<Partial<VmState>>, status: VmStatus): void {
  if (state.pid === undefined || status.pid === undefined || status.pid === state.pid) return
  const message = `VM ${state.vmid} was started anew by somebody since this operation was planned; look at it and ask again`
  throw new HypervisorError('CONFLICT', message, { retryable: true, details: { reason: 'stale' } })
}

/** CONFLICT for a VM that other work has locked. */
export function assertUnlocked(state: MappedState, vmid: number): void {
  if (state.locked === undefined) return
  const message = `VM ${vmid} is locked (${state.locked}): other work must end first; try again later`
  throw new HypervisorError('CONFLICT', message, {
    resource: String(vmid),
    retryable: true,
    details: { reason: 'locked', lock: state.locked },
  })
}

/** The VM as it is when the operation has ended. */
export function resultOf(
  platform: Platform,
  context: Pick<StepContext<unknown, VmState>, 'state' | 'signal'>,
): Promise<VmInfo> {
  const { vmid, node } = placeOf(context.state)
  const { incarnation } = context.state
  const ref: VmRef = {
    endpoint: platform.endpoint,
    id: String(vmid),
    locator: node,
    ...(incarnation !== undefined && { incarnation }),
  }
  return getVm(platform, ref, context.signal)
}

/** A wait that ended without the state waited for. What was asked for may still come. */
export function notInTime(
  message: string,
  timeoutMs: number,
  outcome: 'failed' | 'applied' | 'unknown',
): HypervisorError {
  return new HypervisorError('TIMEOUT', message, { details: { timeoutMs }, retryable: false, outcome })
}
