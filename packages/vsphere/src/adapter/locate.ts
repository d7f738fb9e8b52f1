import { HypervisorError, type VmRef } from '@dcm/core'
import { isFault } from '../client/error.js'
import { type ManagedObjectReference, reference } from '../client/reference.js'
import { mapPowerState } from './map-power-state.js'
import { type DetailRow, detailPaths, idOf, instanceUuidOf } from './map-vm.js'
import type { Platform } from './platform.js'

const uuidForm = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** The VM as it is now; undefined when there is none of this id. Templates are found too. */
export async function findVm(
  platform: Platform,
  ref: Pick<VmRef, 'id' | 'locator'>,
  signal: AbortSignal,
): Promise<DetailRow | undefined> {
  const hint = ref.locator ?? (uuidForm.test(ref.id) ? undefined : ref.id)
  const hinted = hint === undefined ? undefined : await readVm(platform, hint, signal)
  if (hinted !== undefined && idOf(hinted) === ref.id.toLowerCase()) return hinted
  if (!uuidForm.test(ref.id)) return hinted?.ref.value === ref.id ? hinted : undefined
  const found = await findByUuid(platform, ref.id, signal)
  if (found.length > 1) {
    const candidates = found.map(({ value }) => ({ id: value, name: value }))
    throw new HypervisorError('AMBIGUOUS', `${found.length} VMs have the instanceUuid ${ref.id}: change one of them`, {
      details: { references: [{ reference: { id: ref.id }, candidates }] },
    })
  }
  const [only] = found
  if (only === undefined && hinted !== undefined && instanceUuidOf(hinted) === undefined)
    throw unrecognisable(hinted, ref)
  return only && readVm(platform, only.value, signal)
}

/** A VM that is there and does not say who it is must not be taken for one that is gone. */
function unrecognisable(row: DetailRow, { id }: Pick<VmRef, 'id'>): HypervisorError {
  const { rawState } = mapPowerState({
    powerState: row['runtime.powerState'],
    connectionState: row['runtime.connectionState'],
  })
  const message = `${row.ref.value}, where VM ${id} was, cannot be reached (${rawState}) and does not say whether it is that VM: see to its host and datastore`
  return new HypervisorError('FAILED_PRECONDITION', message, { resource: id, details: { reason: 'unreachable' } })
}

/**
 * Is it the VM that was meant? A VM that is made again with the idempotency key of a removed one gets its id, but never its
 * reference.
 */
export function isMeant(row: Pick<DetailRow, 'ref'>, { incarnation }: Pick<VmRef, 'incarnation'>): boolean {
  return incarnation === undefined || incarnation === row.ref.value
}

/** The VM of a reference; NOT_FOUND when it is gone, and for templates. */
export async function requireVm(platform: Platform, ref: VmRef, signal: AbortSignal): Promise<DetailRow> {
  const row = await findVm(platform, ref, signal)
  const meant = row !== undefined && isMeant(row, ref)
  if (meant && row['config.template'] !== true) return row
  const what = meant ? 'that is a template, not a VM:' : 'there is no VM'
  throw new HypervisorError('NOT_FOUND', `${what} ${ref.id} here; list the VMs to see what is there`, {
    resource: ref.id,
    details: { missing: [{ kind: 'vm', reference: { id: ref.id } }] },
  })
}

/** One VM by its reference, in one call; undefined when it is gone. */
export async function readVm(platform: Platform, vm: string, signal: AbortSignal): Promise<DetailRow | undefined> {
  for await (const row of platform.api.readMany([reference('VirtualMachine', vm)], 'VirtualMachine', detailPaths, {
    signal,
  })) {
    platform.vmIds.learn(vm, { id: idOf(row), isTemplate: row['config.template'] === true })
    return row
  }
  return undefined
}

/** VMs of an instanceUuid; more than one only after somebody copied a VM's files. */
export async function findByUuid(
  platform: Platform,
  uuid: string,
  signal: AbortSignal,
): Promise<readonly ManagedObjectReference[]> {
  const { searchIndex = reference('SearchIndex', 'SearchIndex') } = await platform.api.serviceContent()
  return platform.api.call(
    searchIndex,
    'FindAllByUuid',
    { uuid: uuid.toLowerCase(), vmSearch: true, instanceUuid: true },
    { signal },
  )
}

/** Something in a folder, by its escaped name. */
export async function findChild(
  platform: Platform,
  folder: string,
  name: string,
  signal: AbortSignal,
): Promise<ManagedObjectReference | undefined> {
  const { searchIndex = reference('SearchIndex', 'SearchIndex') } = await platform.api.serviceContent()
  try {
    return await platform.api.call(searchIndex, 'FindChild', { entity: reference('Folder', folder), name }, { signal })
  } catch (error) {
    if (isFault(error, 'ManagedObjectNotFound')) return undefined
    throw error
  }
}
