import { gib } from '../../units.js'
import type { NativeVm } from './native-types.js'
import { nextId, type Site, siteTime } from './site.js'
import { addDisk } from './volumes.js'

/** Two hosts, two stores, two networks, a pool, two templates and an installation image. */
export function seedSite(site: Site): void {
  for (const [index, name] of ['alpha', 'beta'].entries()) {
    const id = `host-${index + 1}`
    site.hosts.set(id, { id, name, cluster: 'cluster-1', cpus: 32, memoryBytes: gib(256), state: 'ready' })
  }
  const hosts = [...site.hosts.keys()]
  for (const [id, name, capacityBytes] of [
    ['store-1', 'fast', gib(4096)],
    ['store-2', 'bulk', gib(16_384)],
  ] as const) {
    site.stores.set(id, { id, name, kind: 'memory', hosts, capacityBytes, usedBytes: 0 })
  }
  site.nets.set('net-1', { id: 'net-1', name: 'lan', hosts })
  site.nets.set('net-2', { id: 'net-2', name: 'dmz', vlan: 20, hosts })
  site.pools.set('pool-1', { id: 'pool-1', name: 'default' })
  site.images.set('image-1', { id: 'image-1', name: 'debian-13.iso', store: 'store-2', sizeBytes: gib(1) })
  addVm(site, { id: 'vm-9001', name: 'debian-13', template: true, diskBytes: [gib(8)], net: 'net-1' })
  addVm(site, { id: 'vm-9002', name: 'windows-2025', template: true, diskBytes: [gib(40)], net: 'net-1' })
}

/** A VM that is simply there, as if somebody had made it by hand. */
export function addVm(
  site: Site,
  wanted: Partial<Omit<NativeVm, 'disks' | 'nics' | 'guest'>> & {
    readonly name: string
    readonly diskBytes?: readonly number[]
    readonly net?: string
    readonly guest?: Partial<NativeVm['guest']>
  },
): NativeVm {
  const { diskBytes = [], net, guest, ...values } = wanted
  const id = values.id ?? nextId(site, 'vm')
  const host = values.host ?? site.hosts.keys().next().value ?? 'host-1'
  const { bootMs, stopMs } = site.timings
  const vm: NativeVm = {
    generation: nextId(site, 'gen'),
    state: 'HALTED',
    cpus: 2,
    memoryBytes: gib(2),
    disks: [],
    nics: net === undefined ? [] : [{ key: 'nic0', mac: '02:4d:ff:00:00:01', net, connected: true }],
    metadata: {},
    tags: [],
    firmware: 'uefi',
    guestOs: 'linux',
    guest: { tools: 'agent', obeys: true, stopMs, bootMs, ...guest },
    template: false,
    priority: 5,
    createdAt: siteTime(site),
    boots: 0,
    version: 1,
    ...values,
    id,
    host,
  }
  site.vms.set(id, vm)
  const store = site.stores.keys().next().value
  if (store !== undefined) {
    for (const [index, sizeBytes] of diskBytes.entries()) addDisk(site, vm, { key: `disk${index}`, store, sizeBytes })
  }
  return vm
}
