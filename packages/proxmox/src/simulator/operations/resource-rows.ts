import type { Caller } from '../access/accounts.js'
import { type ClusterNode, nodesInOrder, type Pool, type Storage, storagesOfNode, type Vm } from '../cluster/cluster.js'
import { loadFigures } from '../cluster/statistics.js'
import { usedBytes } from '../cluster/volumes.js'
import type { World } from '../world.js'

export type Row = Record<string, unknown>

/** A guest as /cluster/resources shows it: nothing but its place until a broadcast told more. */
export function guestRow(world: World, vm: Vm): Row {
  const row: Row = { id: `${vm.kind}/${vm.vmid}`, type: vm.kind, vmid: vm.vmid, node: vm.node, status: 'unknown' }
  const figures = vm.published
  const isHeard = world.cluster.nodes.get(vm.node)?.online === true
  if (figures !== undefined && isHeard) {
    const uptime =
      figures.startedAt === undefined ? 0 : Math.max(0, Math.floor((figures.publishedAt - figures.startedAt) / 1000))
    const load = loadFigures(vm.vmid, figures.maxMemory, uptime)
    row.status = figures.status
    row.name = figures.name
    row.template = figures.template
    row.maxcpu = figures.cpus
    row.maxmem = figures.maxMemory
    row.maxdisk = figures.maxDisk
    row.cpu = load.cpu
    row.mem = load.mem
    row.disk = 0
    row.uptime = uptime
    row.netin = load.traffic
    row.netout = Math.round(load.traffic / 3)
    row.diskread = load.traffic * 2
    row.diskwrite = load.traffic
    if (world.traits.hostMemoryFigures && vm.kind === 'qemu') row.memhost = load.mem
  }
  if (vm.pool !== undefined) row.pool = vm.pool
  const lock = vm.config.get('lock')
  if (lock !== undefined) row.lock = lock
  const tags = vm.config.get('tags')
  if (tags !== undefined && tags !== '') row.tags = tags
  if (vm.ha !== undefined) row.hastate = vm.ha.state
  return row
}

export function nodeRow(world: World, node: ClusterNode): Row {
  const row: Row = { id: `node/${node.name}`, type: 'node', node: node.name }
  if (world.timing.statisticsIntervalMs === 0) return { ...row, status: 'unknown' }
  if (!node.online) return { ...row, status: 'offline' }
  const figures = nodeFigures(world, node)
  return {
    ...row,
    status: 'online',
    level: '',
    'cgroup-mode': 2,
    cpu: figures.cpu,
    maxcpu: node.cpus,
    mem: figures.mem,
    maxmem: node.memoryBytes,
    disk: Math.round(node.rootBytes / 4),
    maxdisk: node.rootBytes,
    uptime: figures.uptime,
    ...([...world.cluster.vms.values()].some((vm) => vm.ha !== undefined) ? { hastate: 'online' } : {}),
  }
}

export function nodeFigures(
  world: World,
  node: ClusterNode,
): { readonly cpu: number; readonly mem: number; readonly uptime: number } {
  let mem = 2 * 1024 ** 3
  for (const vm of world.cluster.vms.values()) {
    if (vm.node === node.name && vm.running !== undefined) mem += vm.published?.maxMemory ?? 0
  }
  const uptime = Math.max(1, world.clock.seconds() - node.bootedAt)
  return { cpu: 0.02 + (node.nodeId % 5) / 100, mem: Math.min(mem, node.memoryBytes), uptime }
}

export function storageRow(world: World, node: ClusterNode, storage: Storage): Row {
  const row: Row = {
    id: `storage/${node.name}/${storage.id}`,
    type: 'storage',
    storage: storage.id,
    node: node.name,
    plugintype: storage.type,
    content: storage.content.join(','),
    shared: storage.shared ? 1 : 0,
    status: 'unknown',
  }
  if (world.timing.statisticsIntervalMs === 0 || !node.online) return row
  return {
    ...row,
    status: 'available',
    disk: usedBytes(world.cluster, storage, node.name),
    maxdisk: storage.totalBytes,
  }
}

export function networkRow(node: ClusterNode): Row {
  return {
    id: `network/${node.name}/zone/localnetwork`,
    type: 'network',
    'network-type': 'zone',
    network: 'localnetwork',
    node: node.name,
    status: 'ok',
  }
}

function poolRow(pool: Pool): Row {
  return { id: `/pool/${pool.id}`, type: 'pool', pool: pool.id }
}

/** All rows a caller may see; `kind` is the filter of the API, `sdn` stands for networks. */
export function resourceRows(world: World, caller: Caller, kind: string | undefined): Row[] {
  const { cluster, permissions } = world
  const wants = (type: string): boolean => kind === undefined || kind === type
  const rows: Row[] = []
  if (kind === undefined) {
    rows.push(...visiblePools(world, caller).map(poolRow))
  }
  if (wants('vm')) rows.push(...visibleGuests(world, caller).map((vm) => guestRow(world, vm)))
  if (wants('node')) rows.push(...nodesInOrder(cluster).map((node) => nodeRow(world, node)))
  if (wants('storage')) {
    for (const node of nodesInOrder(cluster)) {
      rows.push(...visibleStorages(world, caller, node.name).map((storage) => storageRow(world, node, storage)))
    }
  }
  if (wants('sdn') && world.traits.networkRows) {
    if (permissions.hasAny(caller, '/sdn/zones/localnetwork', ['SDN.Audit', 'SDN.Use'])) {
      rows.push(...nodesInOrder(cluster).map(networkRow))
    }
  }
  return rows
}

export function visibleGuests(world: World, caller: Caller): Vm[] {
  const all = [...world.cluster.vms.values()]
  const isUniform = !world.access.acl.some((entry) => entry.path.startsWith('/vms/'))
  if (isUniform && world.permissions.at(caller, '/vms').get('VM.Audit') === true) return all
  return all.filter((vm) => world.permissions.has(caller, `/vms/${vm.vmid}`, 'VM.Audit'))
}

export function visibleStorages(world: World, caller: Caller, node: string): Storage[] {
  return storagesOfNode(world.cluster, node).filter((storage) =>
    world.permissions.hasAny(caller, `/storage/${storage.id}`, ['Datastore.Audit', 'Datastore.AllocateSpace']),
  )
}

export function visiblePools(world: World, caller: Caller): Pool[] {
  return [...world.cluster.pools.values()].filter((pool) =>
    world.permissions.has(caller, `/pool/${pool.id}`, 'Pool.Audit'),
  )
}
