import type { VmRef } from '@dcm/core'
import { ProxmoxError } from '../client/error.js'
import { incarnationOf } from './map-vm-info.js'
import type { Platform, ProxmoxApi, VmConfig, VmPlace, VmStatus } from './platform.js'
import { parseVmid, vmNotFound } from './vmid.js'

/** A VM as it is now. */
export interface LiveVm {
  readonly place: VmPlace
  readonly config: VmConfig
  readonly status: VmStatus
  /** Known only when the VM had to be looked up. */
  readonly pool?: string
}

/** Is it the platform's way to say that there is no such VM on this node? */
export function isGone(error: unknown): boolean {
  return ProxmoxError.isInstance(error) && error.kind === 'not-found'
}

/** Does the contacted node answer, but not the one behind it? */
export function isNodeSilent(error: unknown): boolean {
  return ProxmoxError.isInstance(error) && error.kind === 'node-unreachable'
}

export function readConfig(api: Pick<ProxmoxApi, 'request'>, place: VmPlace, signal: AbortSignal): Promise<VmConfig> {
  return api.request('GET /nodes/{node}/qemu/{vmid}/config', { node: place.node, vmid: place.vmid }, { signal })
}

export function readStatus(api: Pick<ProxmoxApi, 'request'>, place: VmPlace, signal: AbortSignal): Promise<VmStatus> {
  return api.request('GET /nodes/{node}/qemu/{vmid}/status/current', { node: place.node, vmid: place.vmid }, { signal })
}

/** Where the cluster has the VM, with its pool; undefined when it has none of that id. Containers are no VMs. */
export async function findPlace(
  api: Pick<ProxmoxApi, 'request'>,
  vmid: number,
  signal: AbortSignal,
): Promise<(VmPlace & { readonly pool?: string }) | undefined> {
  const rows = await api.request('GET /cluster/resources', { type: 'vm' }, { signal })
  const row = rows.find((candidate) => candidate.vmid === vmid && candidate.type === 'qemu')
  if (row?.node === undefined) return undefined
  return { vmid, node: row.node, ...(row.pool !== undefined && row.pool !== '' && { pool: row.pool }) }
}

/** Runs `read` where the VM was last seen, and, if it is not there, once more where the cluster has it now. */
export async function atPlace<T>(
  platform: Platform,
  ref: VmRef,
  signal: AbortSignal,
  read: (place: VmPlace) => Promise<T>,
): Promise<{ readonly value: T; readonly place: VmPlace; readonly pool?: string } | undefined> {
  const vmid = parseVmid(ref.id)
  if (vmid === undefined) return undefined
  const hinted = ref.locator
  let silent: unknown
  if (hinted !== undefined) {
    const place = { vmid, node: hinted }
    try {
      return { value: await read(place), place }
    } catch (error) {
      // A dead node's VMs may have been taken over by another one.
      if (isNodeSilent(error)) silent = error
      else if (!isGone(error)) throw error
    }
  }
  const place = await findPlace(platform.api, vmid, signal)
  if (silent !== undefined && (place === undefined || place.node === hinted)) throw silent
  if (place === undefined) return undefined
  const value = await ifThere(() => read(place))
  if (value === undefined) return undefined
  const { pool } = place
  return { value, place: { vmid, node: place.node }, ...(pool !== undefined && { pool }) }
}

/**
 * Configuration and state of the VM that the reference means. NOT_FOUND when there is none, when the id belongs to
 * another VM by now, and for a template. A VM in migration is on neither node for a moment: it is looked for twice.
 */
export async function readLive(platform: Platform, ref: VmRef, signal: AbortSignal): Promise<LiveVm> {
  const found = await atPlace(platform, ref, signal, (place) =>
    Promise.all([readConfig(platform.api, place, signal), readStatus(platform.api, place, signal)]),
  )
  if (found === undefined)
    throw vmNotFound(ref, 'it was deleted, or may not be seen; list the VMs to see what is there')
  const { place, pool } = found
  const [config, status] = found.value
  if (config.template === true) throw vmNotFound(ref, `${ref.id} is a template; templates are listed apart`)
  const incarnation = incarnationOf(config)
  if (ref.incarnation !== undefined && ref.incarnation.toLowerCase() !== incarnation) {
    throw vmNotFound(ref, 'that id belongs to another VM by now; list the VMs to find the one you mean')
  }
  return { place, config, status, ...(pool !== undefined && { pool }) }
}

/** Undefined when the VM is not on that node, or when the node's name is no node's any more. */
async function ifThere<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read()
  } catch (error) {
    if (isGone(error)) return undefined
    throw error
  }
}
