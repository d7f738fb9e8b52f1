import type { IssuedCertificate } from '@dcm/wire/loopback'
import type { Bridge, Cluster, ClusterNode, Storage } from '../cluster/cluster.js'
import { volumeKey } from '../cluster/volumes.js'
import { defaultBridges, defaultStorages, defaultTemplates, numberedGuests } from './seed-defaults.js'
import { seedGuest } from './seed-guests.js'
import type { SeedOptions } from './seed-options.js'

const GIB = 1024 ** 3
const UPTIME_SECONDS = 8 * 24 * 3600

export function nodeNames(options: SeedOptions): string[] {
  const nodes = options.nodes ?? 3
  if (typeof nodes !== 'number') return [...nodes]
  if (!Number.isInteger(nodes) || nodes < 1)
    throw new RangeError('seed.nodes is a whole number from 1, or a list of names')
  return Array.from({ length: nodes }, (_, index) => `pve${index + 1}`)
}

/** Builds the cluster; `certificateOf` gives each node its own certificate. */
export function seedCluster(
  options: SeedOptions,
  certificateOf: (node: string, address: string) => IssuedCertificate,
  now: number,
): Cluster {
  const names = nodeNames(options)
  const cluster: Cluster = {
    name: options.clusterName ?? 'lab',
    nodes: new Map(names.map((name, index) => [name, seedNode(options, name, index, certificateOf, now)])),
    storages: new Map((options.storages ?? defaultStorages).map((storage) => [storage.id, seedStorage(storage)])),
    pools: new Map((options.pools ?? []).map((id) => [id, { id, comment: undefined, storages: new Set<string>() }])),
    vms: new Map(),
    volumes: new Map(),
    haRules: new Map(),
    options: new Map([['keyboard', 'en-us']]),
    quorate: true,
  }
  for (const template of options.templates ?? defaultTemplates) seedGuest(cluster, template, true, now)
  const guests = typeof options.vms === 'number' ? numberedGuests(options.vms, names) : (options.vms ?? [])
  for (const guest of guests) seedGuest(cluster, guest, false, now)
  const images = options.installationImages ?? ['debian-13.1.0-amd64-netinst.iso']
  for (const image of images) seedInstallationImage(cluster, image, names, now)
  return cluster
}

function seedNode(
  options: SeedOptions,
  name: string,
  index: number,
  certificateOf: (node: string, address: string) => IssuedCertificate,
  now: number,
): ClusterNode {
  const address = `10.0.0.${11 + index}`
  const certificate = certificateOf(name, address)
  return {
    name,
    nodeId: index + 1,
    address,
    cpus: options.nodeCpus ?? 32,
    memoryBytes: options.nodeMemoryBytes ?? 128 * GIB,
    rootBytes: 100 * GIB,
    bootedAt: Math.floor(now / 1000) - UPTIME_SECONDS,
    fingerprint256: certificate.fingerprint256,
    certificatePem: certificate.certificatePem,
    bridges: (options.bridges ?? defaultBridges).map((bridge) => seedBridge(bridge, address)),
    online: true,
    proxyBroken: false,
  }
}

/** A bridge with a network gets the node's own address in it. */
function seedBridge(bridge: NonNullable<SeedOptions['bridges']>[number], address: string): Bridge {
  const length = bridge.cidr?.split('/')[1]
  return {
    name: bridge.name,
    ports: bridge.ports ?? '',
    vlanAware: bridge.vlanAware ?? false,
    ...(length === undefined ? {} : { cidr: `${address}/${length}` }),
    ...(bridge.gateway === undefined ? {} : { gateway: bridge.gateway }),
  }
}

function seedStorage(storage: NonNullable<SeedOptions['storages']>[number]): Storage {
  return {
    id: storage.id,
    type: storage.type,
    content: storage.content,
    shared: storage.shared ?? false,
    nodes: storage.nodes,
    path: storage.path,
    options: storage.shared === true ? { shared: 1, ...storage.options } : { ...storage.options },
    totalBytes: storage.totalBytes ?? 2048 * GIB,
    occupiedBytes: storage.content.includes('backup') ? 4 * GIB : 0,
    exhausted: false,
  }
}

function seedInstallationImage(cluster: Cluster, image: string, nodes: readonly string[], now: number): void {
  for (const storage of cluster.storages.values()) {
    if (!storage.content.includes('iso')) continue
    const volid = `${storage.id}:iso/${image}`
    for (const node of storage.shared ? nodes.slice(0, 1) : nodes) {
      cluster.volumes.set(volumeKey(storage, node, volid), {
        volid,
        storage: storage.id,
        node: storage.shared ? undefined : node,
        vmid: undefined,
        content: 'iso',
        format: 'iso',
        sizeBytes: 783_286_272,
        ctime: Math.floor(now / 1000),
        parent: undefined,
        snapshots: new Map(),
        notes: undefined,
        protected: false,
      })
    }
  }
}
