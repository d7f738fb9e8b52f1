import { roomForClones } from './build-calls.js'
import type { Handlers } from './handlers.js'
import type { VmRow } from './native-calls.js'
import type { NativeVm } from './native-types.js'
import { need, needVm, type Site } from './site.js'
import { showTask, stopTask } from './tasks.js'

type ReadCall =
  | 'inventory'
  | 'vm.list'
  | 'vm.read'
  | 'vm.find'
  | 'vm.freeId'
  | 'volume.list'
  | 'clone.room'
  | 'task.read'
  | 'task.stop'

/** What changes nothing, and tasks. */
export const readCalls: Pick<Handlers, ReadCall> = {
  inventory: (site) => ({
    hosts: [...site.hosts.values()],
    stores: [...site.stores.values()],
    nets: [...site.nets.values()],
    pools: [...site.pools.values()],
    images: [...site.images.values()],
    templates: [...site.vms.values()].filter((vm) => vm.template),
    silent: silentHosts(site),
  }),
  'vm.list': (site, { host }) => {
    const silent = new Set(silentHosts(site))
    const vms: VmRow[] = []
    for (const vm of site.vms.values()) {
      if (vm.template || silent.has(vm.host) || (host !== undefined && vm.host !== host)) continue
      vms.push(rowOf(vm))
    }
    return { vms, silent: [...silent] }
  },
  'vm.read': (site, target) => needVm(site, target),
  'vm.find': (site, { claim }) => [...site.vms.values()].filter((vm) => vm.claim === claim),
  'vm.freeId': (site, { from }) => {
    let number = from
    while (site.vms.has(`vm-${number}`)) number += 1
    return { id: `vm-${number}` }
  },
  'volume.list': (site, { owner }) => [...site.volumes.values()].filter((volume) => volume.owner === owner),
  'clone.room': (site, { templates }) => templates.map((id) => roomForClones(site, need(site.vms, id, 'template'))),
  'task.read': (site, { ids }) =>
    ids.flatMap((id) => {
      const task = site.tasks.get(id)
      return task ? [showTask(site, task)] : []
    }),
  'task.stop': (site, { id }) => ({ stopped: stopTask(site, id) }),
}

function silentHosts(site: Site): readonly string[] {
  return [...site.hosts.values()].filter(({ state }) => state === 'down').map(({ id }) => id)
}

function rowOf({ disks: _d, nics: _n, metadata: _m, guest: _g, note: _t, ...row }: NativeVm): VmRow {
  return row
}
