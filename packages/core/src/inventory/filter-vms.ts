import type { VmQuery, VmSummary } from '../model/vm.js'

/** The VMs that fit the query's name, power states and tags. Gives the same array back when the query asks for none. */
export function filterVms(
  vms: readonly VmSummary[],
  query: Pick<VmQuery, 'name' | 'powerState' | 'tags'>,
): readonly VmSummary[] {
  const { name, powerState, tags = [] } = query
  if (name === undefined && powerState === undefined && tags.length === 0) return vms
  const states = powerState === undefined || typeof powerState === 'string' ? powerState && [powerState] : powerState
  return vms.filter(
    (vm) =>
      (name === undefined || vm.name === name) &&
      (states === undefined || states.includes(vm.powerState)) &&
      tags.every((tag) => vm.tags.includes(tag)),
  )
}
