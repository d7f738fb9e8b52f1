import { mib, type Resource } from '@dcm/core'
import type { Inventory } from '../client/types.js'

/** An appliance is one host with one store. */
export const hostId = 'host'
export const storeId = 'store'
const clusterId = 'cluster'
const datacenterId = 'datacenter'
const inCluster = [clusterId, datacenterId]

/**
 * Everything that is not a VM. Each platform has at least one datacenter and one cluster, so that applications need no
 * special case: where there is none, the adapter makes one up and says `synthetic`.
 */
export function mapResources({ host, store, nets, templates }: Inventory): readonly Resource[] {
  return [
    { kind: 'datacenter', id: datacenterId, name: 'Pebble', within: [], synthetic: true },
    { kind: 'cluster', id: clusterId, name: 'Pebble', within: [datacenterId], synthetic: true },
    {
      kind: 'host',
      id: hostId,
      name: host.name,
      within: inCluster,
      status: 'up',
      cpus: host.cpus,
      memoryBytes: mib(host.memoryMib),
    },
    {
      kind: 'datastore',
      id: storeId,
      name: store.name,
      within: inCluster,
      type: 'internal',
      accessible: true,
      shared: false,
      content: ['disks', 'templates'],
      capacityBytes: mib(store.sizeMib),
      freeBytes: mib(store.sizeMib - store.usedMib),
      hosts: [hostId],
    },
    ...nets.map(({ id, name }): Resource => {
      return { kind: 'network', id, name, within: inCluster, type: 'switch', hosts: [hostId] }
    }),
    ...templates.map(({ id, name, cpus, memoryMib, diskMib }): Resource => {
      const sizes = { cpus, memoryBytes: mib(memoryMib), diskBytes: mib(diskMib) }
      return { kind: 'template', id, name, within: [hostId, ...inCluster], ...sizes, tags: [] }
    }),
  ]
}
