import { describe, expect, it } from 'vitest'
import { mapContent, mapDatastores, mapHosts, nodeProblems, sharedStorages, surroundingsOf } from './map-resources.js'
import { missingPrivileges, readPermissions, seesNoVms } from './permissions.js'
import type { ResourceRow } from './platform.js'

const around = surroundingsOf({ identity: 'lab', clustered: true })
const storage = (name: string, node: string, more: Partial<ResourceRow> = {}): ResourceRow => ({
  id: `storage/${node}/${name}`,
  type: 'storage',
  storage: name,
  node,
  status: 'available',
  plugintype: 'dir',
  content: 'iso,images,vztmpl,whatever',
  maxdisk: 100,
  disk: 40,
  ...more,
})

describe('storages', () => {
  it('that are shared are one datastore, others one a node', () => {
    const rows = [
      storage('nfs', 'pve1', { shared: true, status: 'unknown' }),
      storage('nfs', 'pve2', { shared: true }),
      storage('local', 'pve1'),
      storage('local', 'pve2', { maxdisk: 0 }),
    ]
    const stores = mapDatastores(rows, around)
    expect(stores.map(({ id, hosts }) => [id, hosts])).toEqual([
      ['nfs', ['pve1', 'pve2']],
      ['pve1/local', ['pve1']],
      ['pve2/local', ['pve2']],
    ])
    expect(stores[0]).toMatchObject({ accessible: true, freeBytes: 60, within: ['cluster/lab', 'datacenter/lab'] })
    expect(stores[2]).not.toHaveProperty('capacityBytes')
    expect([...sharedStorages(rows)]).toEqual(['nfs'])
  })

  it('tell what they hold in the port’s words', () => {
    expect(mapContent('snippets,rootdir,backup,images,import,iso')).toEqual([
      'backups',
      'containers',
      'disks',
      'images',
      'snippets',
    ])
    expect(mapContent(undefined)).toEqual([])
  })
})

describe('nodes', () => {
  const node = (name: string, status: string, more: Partial<ResourceRow> = {}): ResourceRow => ({
    id: `node/${name}`,
    type: 'node',
    node: name,
    status,
    ...more,
  })

  it('are up, down, in maintenance or unknown; only those that are up are no problem', () => {
    const rows = [
      node('a', 'online', { cpu: 1.2 }),
      node('b', 'offline'),
      node('c', 'unknown'),
      node('d', 'online', { hastate: 'maintenance' }),
    ]
    expect(mapHosts(rows, around).map(({ status }) => status)).toEqual(['up', 'down', 'unknown', 'maintenance'])
    expect(mapHosts(rows, around)[0]?.cpuUsage).toBe(1)
    expect(nodeProblems(rows, 'lab').map(({ source }) => source)).toEqual(['b', 'c'])
  })
})

describe('permissions', () => {
  it('that allow nothing with VMs are noticed', () => {
    expect(seesNoVms(readPermissions({}))).toBe(true)
    expect(seesNoVms(readPermissions({ '/storage': { 'Datastore.Audit': 1 }, '/x': null }))).toBe(true)
    const auditor = readPermissions({ '/vms': { 'VM.Audit': 0 } })
    expect(seesNoVms(auditor)).toBe(false)
    expect(missingPrivileges(auditor).join()).toContain('VM.PowerMgmt is granted nowhere')
    expect(missingPrivileges(auditor).join()).not.toContain('VM.Audit')
  })
})
