import { type HypervisorPort, nativeOf, type Result, unwrap, type VmRef } from '@dcm/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { VsphereClient } from '../../src/client/index.js'
import { vsphere } from '../../src/index.js'
import { startVsphereSimulator } from '../../src/simulator/index.js'
import { findVcsim } from '../vcsim/start-vcsim.js'
import { connectPort } from './connect-port.js'
import { type Server, simulatorServer, vcsimServer } from './servers.js'

type Port = HypervisorPort<typeof vsphere>

async function done<T>(started: Promise<Result<{ wait(): Promise<Result<T>> }>>): Promise<T> {
  return unwrap(await unwrap(await started).wait())
}

const servers = [
  ['the simulator', () => simulatorServer(), true],
  ['vcsim', () => vcsimServer(2), (await findVcsim()) !== undefined],
] as const

for (const [name, start, isHere] of servers) {
  describe.skipIf(!isHere)(`the facet tags on ${name}`, () => {
    let server: Server
    let port: Port
    let rest: VsphereClient['rest']
    let one: VmRef
    let other: VmRef
    const set = async (ref: VmRef, tags: readonly string[]) => {
      const facet = unwrap(await port.facet('tags'))
      return (await done(facet.set({ ref, tags }))).tags
    }
    const listed = async (ref: VmRef) => unwrap(await port.listVms()).items.find((vm) => vm.ref.id === ref.id)?.tags

    beforeAll(async () => {
      server = await start()
      port = await connectPort(server)
      rest = nativeOf(port, vsphere).rest
      const refs = unwrap(await port.listVms()).items.map(({ ref }) => ref)
      const [first, second] = refs
      if (first === undefined || second === undefined) throw new Error('there are VMs')
      one = first
      other = second
    })
    afterAll(async () => {
      await port?.close()
      await server?.close()
    })

    it('makes tags in a category of its own, once, and sets exactly those', async () => {
      expect((await Promise.all([set(one, ['web', 'blue']), set(other, ['web'])])).flat().sort()).toEqual([
        'blue',
        'web',
        'web',
      ])
      expect(await set(one, ['web', 'green'])).toEqual(['green', 'web'])
      expect(unwrap(await port.getVm(one)).tags).toEqual(['green', 'web'])
      expect(await listed(one)).toEqual(['green', 'web'])
      expect(await listed(other)).toEqual(['web'])
      const tagged = unwrap(await port.listVms({ tags: ['web', 'green'] })).items
      expect(tagged.map(({ ref }) => ref.id)).toEqual([one.id])
      const facet = unwrap(await port.facet('tags'))
      const all = unwrap(await facet.list()).items.map(({ tag }) => tag)
      expect(all).toEqual(['blue', 'green', 'web'])
      expect(await rest.request('GET /cis/tagging/category')).toHaveLength(1)
      expect(await set(one, [])).toEqual([])
    })

    it('shows tags of other categories with their category, sets and takes them, and makes none there', async () => {
      const category_id = await rest.request('POST /cis/tagging/category', {
        name: 'Stage',
        description: '',
        cardinality: 'SINGLE',
        associable_types: ['VirtualMachine'],
      })
      for (const of of ['prod', 'test']) {
        await rest.request('POST /cis/tagging/tag', { name: of, description: '', category_id })
      }
      expect(await set(one, ['Stage:prod', 'web'])).toEqual(['Stage:prod', 'web'])
      // A VM has one of them: the other has to go first.
      expect(await set(one, ['Stage:test', 'web'])).toEqual(['Stage:test', 'web'])
      expect(await listed(one)).toEqual(['Stage:test', 'web'])
      const facet = unwrap(await port.facet('tags'))
      const refused = await facet.set({ ref: one, tags: ['Stage:none'] })
      expect(refused).toMatchObject({ error: { code: 'INVALID_ARGUMENT', details: { problems: [{ path: 'tags' }] } } })
      expect(await listed(one)).toEqual(['Stage:test', 'web'])
      expect(await facet.set({ ref: one, tags: [' blank'] })).toMatchObject({ error: { code: 'INVALID_ARGUMENT' } })
    })

    it('gives them to new VMs, and refuses those of nobody before it makes one', async () => {
      const { cluster, datastore, guest } = {
        cluster: unwrap(await port.listClusters()).items.find(({ synthetic }) => synthetic !== true),
        datastore: unwrap(await port.listDatastores()).items[0],
        guest: 'otherGuest64',
      }
      const spec = {
        name: 'tagged',
        source: { from: 'blank', guestOs: guest },
        cpus: 1,
        memoryBytes: 2 ** 28,
        powerOn: false,
        placement: { cluster: { id: cluster?.id ?? '' }, datastore: { id: datastore?.id ?? '' } },
      } as const
      const vm = await done(port.createVm({ ...spec, tags: ['web', 'new', 'Stage:prod'] }))
      expect(vm.tags).toEqual(['Stage:prod', 'new', 'web'])
      const wrong = await port.createVm({ ...spec, name: 'wrong', tags: ['Stage:none'] })
      expect(wrong).toMatchObject({ error: { code: 'INVALID_ARGUMENT' } })
      expect(unwrap(await port.listVms()).items.some((each) => each.name === 'wrong')).toBe(false)
    })
  })
}

describe('tags', () => {
  it('are read in a bounded number of calls, and lists go without them when their service fails', async () => {
    const server = await simulatorServer()
    const port = await connectPort(server)
    const { simulator } = server
    try {
      const { rest } = nativeOf(port, vsphere)
      const refs = unwrap(await port.listVms()).items.map(({ ref }) => ref)
      const facet = unwrap(await port.facet('tags'))
      for (const ref of refs.slice(0, 3)) await done(facet.set({ ref, tags: ['a', 'b'] }))
      await rest.request('GET /session')
      const before = simulator.requests.count({ path: /^\/api\// })
      await Promise.all([port.listVms(), port.listVms()])
      expect(simulator.requests.count({ path: /^\/api\// }) - before).toBeLessThanOrEqual(2)
      simulator.faults.add({
        match: { path: /tag-association/ },
        action: { type: 'reply', reply: { status: 503, body: '' } },
      })
      const page = unwrap(await port.listVms())
      expect(page).toMatchObject({ complete: false, problems: [{ source: 'the tagging service' }] })
      expect(page.items.map(({ ref }) => ref.id)).toEqual(refs.map(({ id }) => id))
      expect(await port.getVm(refs[0] ?? { endpoint: 'lab', id: '' })).toMatchObject({ error: { code: 'UNAVAILABLE' } })
    } finally {
      await port.close()
      await server.close()
    }
  })

  it('are none of a bare host, which is not asked for them', async () => {
    const simulator = await startVsphereSimulator({ speed: 100, product: 'esxi' })
    const port = await connectPort({ ...simulator, ...simulator.credentials })
    try {
      expect(await port.facet('tags')).toMatchObject({ error: { code: 'UNSUPPORTED' } })
      expect(unwrap(await port.listVms()).complete).toBe(true)
      expect(simulator.requests.count({ path: /^\/(?:api|rest)\// })).toBe(0)
      const source = { from: 'blank' } as const
      const spec = { name: 'x', source, cpus: 1, memoryBytes: 2 ** 28, tags: ['a'] }
      const ended = await port.createVm(spec)
      expect(ended).toMatchObject({ error: { code: 'INVALID_ARGUMENT' } })
    } finally {
      await port.close()
      await simulator.close()
    }
  })
})
