import type { Cluster, GuestConfig, Storage, Vm } from '../cluster/cluster.js'
import { createGuest } from '../cluster/guest.js'
import { defaultBoot, newIdentity, newMacAddress, normaliseTags } from '../cluster/guest-config.js'
import { printSize } from '../cluster/sizes.js'
import { publish } from '../cluster/statistics.js'
import { volumeKey } from '../cluster/volumes.js'
import type { SeedGuest } from './seed-options.js'

const CLOUD_INIT_BYTES = 4 * 1024 ** 2

/** Puts a settled guest into the cluster, known to the statistics from the start. */
export function seedGuest(cluster: Cluster, seed: SeedGuest, asTemplate: boolean, now: number): Vm {
  const node = seed.node ?? [...cluster.nodes.keys()][0] ?? ''
  const storage = storageFor(cluster, seed)
  const config: GuestConfig = new Map()
  config.set('name', seed.name)
  config.set('cores', seed.cores ?? 2)
  config.set('memory', String(seed.memoryMib ?? 2048))
  config.set('ostype', 'l26')
  config.set('scsihw', 'virtio-scsi-single')
  config.set('net0', `virtio=${newMacAddress()},bridge=vmbr0`)
  if (seed.agent === true) config.set('agent', '1')
  if (seed.tags !== undefined) config.set('tags', normaliseTags(seed.tags))
  if (seed.description !== undefined) config.set('description', seed.description)
  if (seed.diskGib !== 0) {
    const bytes = (seed.diskGib ?? 10) * 1024 ** 3
    const volid = putVolume(cluster, storage, node, seed.vmid, asTemplate ? 'base' : 'vm', 'disk-0', bytes, now)
    config.set('scsi0', `${volid},size=${printSize(bytes)}`)
  }
  if (seed.cloudInit === true) {
    const volid = putVolume(cluster, storage, node, seed.vmid, 'vm', 'cloudinit', CLOUD_INIT_BYTES, now)
    config.set('ide2', `${volid},media=cdrom`)
  }
  const identity = newIdentity()
  config.set('smbios1', identity.smbios1)
  config.set('vmgenid', identity.vmgenid)
  config.set('boot', defaultBoot(config))
  config.set('meta', `creation-qemu=10.1.2,ctime=${Math.floor(now / 1000)}`)
  if (asTemplate) config.set('template', 1)
  const runs = seed.running === true && !asTemplate
  const vm: Vm = {
    kind: 'qemu',
    vmid: seed.vmid,
    node,
    published: undefined,
    config,
    pending: new Map(),
    snapshots: new Map(),
    running: runs ? { pid: 2000 + (seed.vmid % 30_000), startedAt: now - 3_600_000, qmpStatus: 'running' } : undefined,
    pool: seed.pool,
    ha: undefined,
    guest: createGuest({ hasSystem: seed.hasSystem ?? true, hasAgent: seed.agent === true }),
  }
  cluster.vms.set(seed.vmid, vm)
  publish(vm, now)
  return vm
}

function storageFor(cluster: Cluster, seed: SeedGuest): Storage {
  const wanted = seed.storage === undefined ? cluster.storages.get('shared') : cluster.storages.get(seed.storage)
  const found = wanted ?? [...cluster.storages.values()].find((storage) => storage.content.includes('images'))
  if (found === undefined || (seed.storage !== undefined && wanted === undefined)) {
    throw new RangeError(
      `seeded guest ${seed.vmid} names storage '${seed.storage ?? ''}', which is not among the seeded ones`,
    )
  }
  return found
}

function putVolume(
  cluster: Cluster,
  storage: Storage,
  node: string,
  vmid: number,
  prefix: 'vm' | 'base',
  suffix: string,
  sizeBytes: number,
  now: number,
): string {
  const inFiles = storage.path !== undefined
  const name = `${prefix}-${vmid}-${suffix}`
  const volid = inFiles ? `${storage.id}:${vmid}/${name}.qcow2` : `${storage.id}:${name}`
  cluster.volumes.set(volumeKey(storage, node, volid), {
    volid,
    storage: storage.id,
    node: storage.shared ? undefined : node,
    vmid,
    content: 'images',
    format: inFiles ? 'qcow2' : 'raw',
    sizeBytes,
    ctime: Math.floor(now / 1000),
    parent: undefined,
    snapshots: new Map(),
    notes: undefined,
    protected: false,
  })
  return volid
}
