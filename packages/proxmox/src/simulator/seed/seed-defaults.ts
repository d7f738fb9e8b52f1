import type { SeedBridge, SeedGuest, SeedStorage } from './seed-options.js'

const GIB = 1024 ** 3

export const defaultStorages: readonly SeedStorage[] = [
  {
    id: 'local',
    type: 'dir',
    content: ['iso', 'vztmpl', 'backup', 'import'],
    path: '/var/lib/vz',
    totalBytes: 100 * GIB,
  },
  {
    id: 'local-lvm',
    type: 'lvmthin',
    content: ['images', 'rootdir'],
    options: { vgname: 'pve', thinpool: 'data' },
    totalBytes: 2_000 * GIB,
  },
  {
    id: 'shared',
    type: 'nfs',
    content: ['images', 'rootdir', 'iso', 'vztmpl', 'snippets', 'import'],
    shared: true,
    path: '/mnt/pve/shared',
    options: { server: '10.0.0.5', export: '/export/pve' },
    totalBytes: 20_000 * GIB,
  },
]

export const defaultBridges: readonly SeedBridge[] = [
  { name: 'vmbr0', cidr: '10.0.0.0/24', gateway: '10.0.0.1', ports: 'nic0' },
  { name: 'vmbr1', ports: 'nic1', vlanAware: true },
]

export const defaultTemplates: readonly SeedGuest[] = [
  { vmid: 9000, name: 'debian-13-cloud', diskGib: 3, cloudInit: true, agent: true },
  { vmid: 9001, name: 'alma-10', diskGib: 10 },
]

/** Guests by count: names without surprise, spread over the nodes, every other one running. */
export function numberedGuests(count: number, nodes: readonly string[]): SeedGuest[] {
  return Array.from({ length: count }, (_, index) => ({
    vmid: 10_000 + index,
    name: `vm-${index + 1}`,
    node: nodes[index % nodes.length] ?? 'pve1',
    running: index % 2 === 0,
    ...(index % 3 === 0 ? { tags: 'prod;web' } : {}),
  }))
}
