import { unwrap } from '@dcm/core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Lab, startLab } from './lab.js'

describe('lists', () => {
  let lab: Lab
  beforeAll(async () => {
    lab = await startLab({ seed: { vms: 30, pools: ['web'] } })
  })
  afterAll(() => lab.close())
  beforeEach(() => lab.simulator.requests.clear())

  it('show every VM once, templates left out, in one request', async () => {
    const { items, complete } = unwrap(await lab.port.listVms())
    expect(complete).toBe(true)
    expect(new Set(items.map(({ ref }) => ref.id)).size).toBe(30)
    expect(items[0]).toMatchObject({
      name: 'vm-1',
      powerState: 'running',
      host: 'pve1',
      cpus: 2,
      tags: ['prod', 'web'],
    })
    expect(JSON.parse(JSON.stringify(items))).toStrictEqual(items)
    expect(lab.simulator.requests.count()).toBe(1)
  })

  it('can be narrowed to a node, and to the cluster', async () => {
    const there = unwrap(await lab.port.listVms({ within: { name: 'pve2' } })).items
    expect(there.map(({ host }) => host)).toEqual(Array(10).fill('pve2'))
    expect(unwrap(await lab.port.listVms({ within: { name: 'lab' } })).items).toHaveLength(30)
    const nowhere = await lab.port.listVms({ within: { name: 'pve9' } })
    expect(nowhere).toMatchObject({ ok: false, error: { code: 'NOT_FOUND' } })
  })

  it('show every kind of resource, in requests that do not grow with the number of VMs', async () => {
    const all = unwrap(await lab.port.listResources())
    expect(all.datacenters).toMatchObject([{ id: 'datacenter/lab', name: 'lab', synthetic: true }])
    expect(all.clusters).toMatchObject([{ id: 'cluster/lab', quorate: true, within: ['datacenter/lab'] }])
    expect(all.hosts.map(({ id, status }) => [id, status])).toEqual([
      ['pve1', 'up'],
      ['pve2', 'up'],
      ['pve3', 'up'],
    ])
    expect(all.datastores.map(({ id }) => id).sort()).toEqual([
      'pve1/local',
      'pve1/local-lvm',
      'pve2/local',
      'pve2/local-lvm',
      'pve3/local',
      'pve3/local-lvm',
      'shared',
    ])
    const shared = all.datastores.find(({ id }) => id === 'shared')
    expect(shared).toMatchObject({ shared: true, type: 'nfs', hosts: ['pve1', 'pve2', 'pve3'], accessible: true })
    expect(shared?.content).toContain('disks')
    expect(all.networks.map(({ id, hosts }) => [id, hosts.length])).toEqual([
      ['vmbr0', 3],
      ['vmbr1', 3],
    ])
    expect(all.resourcePools.map(({ id }) => id)).toEqual(['web'])
    expect(all.templates.map(({ id, name }) => [id, name])).toEqual([
      ['9000', 'debian-13-cloud'],
      ['9001', 'alma-10'],
    ])
    expect(lab.simulator.requests.count()).toBeLessThanOrEqual(6)
    expect(JSON.parse(JSON.stringify(all))).toStrictEqual(all)
  })

  it('resolve a VM whose locator is stale', async () => {
    const [vm] = unwrap(await lab.port.listVms({ within: { id: 'pve1' } })).items
    if (vm === undefined) throw new Error('seeded')
    lab.simulator.faults.moveVm(Number(vm.ref.id), 'pve3')
    expect(unwrap(await lab.port.getVm(vm.ref))).toMatchObject({ host: 'pve3', ref: { locator: 'pve3' } })
  })

  it('tell a dead node and go on without it', async () => {
    lab.simulator.faults.nodeOffline('pve2')
    try {
      const page = unwrap(await lab.port.listVms())
      expect(page.complete).toBe(false)
      expect(page.problems).toMatchObject([
        { source: 'pve2', error: { code: 'UNAVAILABLE', details: { host: 'pve2' } } },
      ])
      expect(page.items).toHaveLength(30)
      expect(page.items.some(({ ref }) => ref.id.startsWith('900'))).toBe(false)
      const resources = unwrap(await lab.port.listResources())
      expect(resources.complete).toBe(false)
      expect(resources.networks.find(({ id }) => id === 'vmbr0')?.hosts).toEqual(['pve1', 'pve3'])
      const dead = page.items.find(({ host }) => host === 'pve2')
      const seen = dead && (await lab.port.getVm(dead.ref))
      expect(seen).toMatchObject({ ok: false, error: { code: 'UNAVAILABLE', details: { host: 'pve2' } } })
    } finally {
      lab.simulator.faults.nodeOnline('pve2')
    }
  })
})

describe('just after creation, or without statistics', () => {
  it('names are absent and states unknown, nothing is guessed', async () => {
    const lab = await startLab({ seed: { vms: 1 }, timing: { statisticsIntervalMs: 0 } })
    try {
      const operation = unwrap(
        await lab.port.createVm({
          name: 'fresh',
          source: { from: 'template', template: { id: '9000' } },
          powerOn: false,
        }),
      )
      const vm = unwrap(await operation.wait())
      const row = unwrap(await lab.port.listVms()).items.find(({ ref }) => ref.id === vm.ref.id)
      expect(row).toMatchObject({ powerState: 'unknown' })
      expect(row).not.toHaveProperty('name')
    } finally {
      await lab.close()
    }
  })
})

describe('10,000 VMs', () => {
  it('cost at most three requests, capabilities and paging included', async () => {
    const lab = await startLab({ seed: { vms: 10_000 } })
    try {
      const page = unwrap(await lab.port.listVms())
      expect(page.items).toHaveLength(10_000)
      let token = unwrap(await lab.port.listVms({ pageSize: 4000 })).nextPageToken
      while (token !== undefined) {
        token = unwrap(await lab.port.listVms({ pageSize: 4000, pageToken: token })).nextPageToken
      }
      expect(lab.simulator.requests.count()).toBeLessThanOrEqual(3)
    } finally {
      await lab.close()
    }
  })
})
