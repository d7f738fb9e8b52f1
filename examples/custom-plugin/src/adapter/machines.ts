import {
  collectProblems,
  type Listing,
  type Reference,
  resolveReference,
  type VmInfo,
  type VmRef,
  type VmSummary,
} from '@dcm/core'
import type { Appliance } from './appliance.js'
import { observed } from './inventory.js'
import { mapResources } from './map-resources.js'
import { mapInfo, mapSummary } from './map-vm.js'

/** All VMs: one call, two with `within`. Core does the paging and every other filter. */
export async function listVms(
  appliance: Appliance,
  within: Reference | undefined,
  signal: AbortSignal,
): Promise<Listing<VmSummary>> {
  if (within !== undefined) await assertPlace(appliance, within, signal)
  return observed((await appliance.vms(signal)).map((vm) => mapSummary(vm, appliance.endpoint)))
}

/** Whichever place is meant, all VMs are there: it only has to exist. */
async function assertPlace(appliance: Appliance, within: Reference, signal: AbortSignal): Promise<void> {
  const resources = mapResources(await appliance.inventory(signal))
  const places = resources.filter(({ kind }) => ['host', 'cluster', 'datacenter'].includes(kind))
  const problems = collectProblems()
  resolveReference(within, places, { path: 'within', kind: 'host', containers: places }, problems)
  problems.throwIfAny('the query')
}

/** One VM, live. NOT_FOUND comes from `map-errors.ts`. One call. */
export async function getVm(appliance: Appliance, ref: VmRef, signal: AbortSignal): Promise<VmInfo> {
  return mapInfo(await appliance.vm(ref.id, signal), appliance.endpoint)
}
