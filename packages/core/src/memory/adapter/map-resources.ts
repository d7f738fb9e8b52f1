import type {
  Cluster,
  Datacenter,
  Datastore,
  Host,
  Network,
  Resource,
  ResourcePool,
  Template,
} from '../../model/resources.js'
import type { Inventory } from '../platform/native-calls.js'
import type { NativeHost, NativeNet, NativePool, NativeStore, NativeVm } from '../platform/native-types.js'

/** Everything of an inventory as the port's resources. The platform knows no datacenters: one is made up. */
export function mapResources(inventory: Inventory, site: string): readonly Resource[] {
  const datacenter: Datacenter = { kind: 'datacenter', id: site, name: site, within: [], synthetic: true }
  const clusters = [...new Set(inventory.hosts.map(({ cluster }) => cluster))]
  return [
    datacenter,
    ...(clusters.length > 0 ? clusters : ['cluster-1']).map(
      (id): Cluster => ({ kind: 'cluster', id, name: id, within: [site] }),
    ),
    ...inventory.hosts.map((host) => mapHost(host, site)),
    ...inventory.stores.map((store) => mapStore(store, site)),
    ...inventory.nets.map((net) => mapNet(net, site)),
    ...inventory.pools.map((pool) => mapPool(pool, site)),
    ...inventory.templates.map((template) => mapTemplate(template, inventory, site)),
  ]
}

function mapHost({ id, name, cluster, cpus, memoryBytes, state }: NativeHost, site: string): Host {
  const status = ({ ready: 'up', drained: 'maintenance', down: 'down' } as const)[state]
  return { kind: 'host', id, name, within: [cluster, site], status, cpus, memoryBytes }
}

function mapStore({ id, name, kind, hosts, capacityBytes, usedBytes }: NativeStore, site: string): Datastore {
  return {
    kind: 'datastore',
    id,
    name,
    within: [site],
    type: kind,
    accessible: true,
    shared: hosts.length > 1,
    content: ['disks', 'images', 'templates'],
    capacityBytes,
    freeBytes: Math.max(0, capacityBytes - usedBytes),
    hosts,
  }
}

function mapNet({ id, name, vlan, hosts }: NativeNet, site: string): Network {
  return {
    kind: 'network',
    id,
    name,
    within: [site],
    type: 'switch',
    ...(vlan !== undefined && { vlanId: vlan }),
    hosts,
  }
}

function mapPool({ id, name, note }: NativePool, site: string): ResourcePool {
  return { kind: 'resource-pool', id, name, within: [site], ...(note !== undefined && { description: note }) }
}

export function mapTemplate(vm: NativeVm, { hosts }: Pick<Inventory, 'hosts'>, site: string): Template {
  const cluster = hosts.find(({ id }) => id === vm.host)?.cluster
  return {
    kind: 'template',
    id: vm.id,
    name: vm.name,
    within: [vm.host, ...(cluster === undefined ? [] : [cluster]), site],
    cpus: vm.cpus,
    memoryBytes: vm.memoryBytes,
    diskBytes: vm.disks.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    tags: vm.tags,
  }
}
