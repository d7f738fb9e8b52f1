import { describe, expect, it } from 'vitest'
import type { VmRef } from '../model/references.js'
import { unwrap } from '../result.js'
import { connectFake, errorOf } from '../testing/connect-fake.js'
import { fakeCapabilities, fakeVm } from '../testing/fake-platform.js'

describe('listVms', () => {
  it('gives one page of everything, and the same in pages of one', async () => {
    const { port, native } = await connectFake()
    const all = unwrap(await port.listVms())
    expect(all.items.map(({ ref }) => ref.id)).toEqual(['1', '2', '3'])
    expect(all.nextPageToken).toBeUndefined()
    const ids: string[] = []
    let page = unwrap(await port.listVms({ pageSize: 1 }))
    for (;;) {
      ids.push(...page.items.map(({ ref }) => ref.id))
      if (page.nextPageToken === undefined) break
      // Gone from the platform, but the pages show one observation.
      native.vms.delete('3')
      page = unwrap(await port.listVms({ pageToken: page.nextPageToken }))
    }
    expect(ids).toEqual(['1', '2', '3'])
    expect(native.calls).toEqual(['listVms', 'listVms'])
  })

  it('filters by name, state and tags, and leaves within to the adapter', async () => {
    const { port, native } = await connectFake()
    native.vms.set('4', fakeVm('lab', '4', { name: 'web', powerState: 'running', tags: ['a', 'b'] }))
    const ids = async (query: Parameters<typeof port.listVms>[0]) =>
      unwrap(await port.listVms(query)).items.map(({ ref }) => ref.id)
    expect(await ids({ name: 'web' })).toEqual(['4'])
    expect(await ids({ powerState: 'running' })).toEqual(['4'])
    expect(await ids({ powerState: ['running', 'stopped'], tags: ['b'] })).toEqual(['4'])
    expect(await ids({ within: { name: 'one' } })).toEqual(['1', '2', '3', '4'])
    expect(native.calls.at(-1)).toBe('listVms {"name":"one"}')
  })

  it('refuses a token of other filters, and filters of no form', async () => {
    const { port } = await connectFake()
    const { nextPageToken = '' } = unwrap(await port.listVms({ pageSize: 1 }))
    for (const query of [
      { pageToken: nextPageToken, name: 'web' },
      { pageToken: 'x' },
      { pageSize: 0 },
      { tags: 'a' },
      { within: 'one' },
      { within: { id: 'a', name: 'b' } },
      { powerState: 7 },
      { powerState: 'on' },
      { powerState: ['running', 'off'] },
      { state: 'running' },
    ]) {
      // Some of these are wrong by type too: a program without types must learn it as well.
      expect(errorOf(await port.listVms(query as object)).code).toBe('INVALID_ARGUMENT')
    }
    expect(errorOf(await port.listHosts({ pageToken: nextPageToken })).code).toBe('INVALID_ARGUMENT')
  })

  it('tells what a misspelt filter was meant to be, instead of listing everything', async () => {
    const { port, native } = await connectFake()
    const misspelt = { powerstate: 'running', tag: ['a'] } as object
    expect(errorOf(await port.listVms(misspelt)).message).toBe(
      "the query: powerstate is not a known field - did you mean 'powerState'?; tag is not a known field - did you mean 'tags'?",
    )
    expect(errorOf(await port.listVms({ powerState: 'stoped' } as object)).message).toContain("did you mean 'stopped'?")
    expect(errorOf(await port.listHosts({ name: 'one' } as object)).message).toContain('within, pageSize, pageToken')
    expect(errorOf(await port.listResources({ pageSize: 5 } as object)).code).toBe('INVALID_ARGUMENT')
    expect(native.calls).toEqual([])
  })
})

describe('lists of resources', () => {
  it('give each kind', async () => {
    const { port, native } = await connectFake()
    expect(unwrap(await port.listDatacenters()).items.map(({ id }) => id)).toEqual(['dc'])
    expect(unwrap(await port.listClusters()).items.map(({ id }) => id)).toEqual(['cl'])
    expect(unwrap(await port.listHosts()).items.map(({ id }) => id)).toEqual(['h1', 'h2'])
    expect(unwrap(await port.listDatastores()).items.map(({ id }) => id)).toEqual(['ds'])
    expect(unwrap(await port.listNetworks()).items.map(({ id }) => id)).toEqual(['net'])
    expect(unwrap(await port.listResourcePools()).items.map(({ id }) => id)).toEqual(['pool'])
    expect(unwrap(await port.listTemplates()).items.map(({ id }) => id)).toEqual(['t1'])
    expect(native.calls).toContain('listResources host')
  })

  it('narrow to a place by name, reading the places in the same call', async () => {
    const { port, native } = await connectFake()
    expect(unwrap(await port.listDatastores({ within: { name: 'two' } })).items).toEqual([])
    expect(unwrap(await port.listTemplates({ within: { id: 'h1' } })).items).toHaveLength(1)
    expect(native.calls).toEqual([
      'listResources cluster datacenter datastore host',
      'listResources cluster datacenter host template',
    ])
    const error = errorOf(await port.listNetworks({ within: { name: 'three' } }))
    expect(error).toMatchObject({ code: 'NOT_FOUND', endpoint: 'lab', operation: 'listNetworks' })
  })

  it('give everything in one answer', async () => {
    const { port, native } = await connectFake()
    const overview = unwrap(await port.listResources())
    expect(Object.entries(overview).map(([key, value]) => [key, Array.isArray(value) ? value.length : value])).toEqual([
      ['datacenters', 1],
      ['clusters', 1],
      ['hosts', 2],
      ['datastores', 1],
      ['networks', 1],
      ['resourcePools', 1],
      ['templates', 1],
      ['problems', 0],
      ['complete', true],
      ['observedAt', '2026-01-01T00:00:00.000Z'],
    ])
    expect(native.calls).toHaveLength(1)
    expect(unwrap(await port.listResources({ within: { id: 'h2' } })).networks).toHaveLength(1)
  })
})

describe('getVm', () => {
  it('refuses what is no reference of this endpoint, before any call', async () => {
    const { port, native } = await connectFake()
    const wrong: readonly unknown[] = [
      { endpoint: 'other', id: '1' },
      { endpoint: 'lab', id: '' },
      { endpoint: 'lab', id: 1 },
      { endpoint: 'lab', id: '1', incarnation: 4 },
      { endpoint: 'lab', id: '1', locator: {} },
      'lab/1',
      null,
    ]
    for (const ref of wrong) {
      // Wrong by type: a program without types must learn it as well.
      expect(errorOf(await port.getVm(ref as VmRef)).code).toBe('INVALID_ARGUMENT')
    }
    expect(native.calls).toEqual([])
  })

  it('answers NOT_FOUND for an unknown id', async () => {
    const { port } = await connectFake()
    expect(errorOf(await port.getVm({ endpoint: 'lab', id: '99' }))).toMatchObject({
      code: 'NOT_FOUND',
      details: { missing: [{ kind: 'vm', reference: { id: '99' } }] },
    })
  })
})

describe('capabilities and facets', () => {
  it('reads capabilities anew each time', async () => {
    const { port, native } = await connectFake()
    expect(unwrap(await port.capabilities())).toEqual(fakeCapabilities)
    native.capabilities = { ...fakeCapabilities, version: '2' }
    expect(unwrap(await port.capabilities()).version).toBe('2')
  })

  it('gives a facet that the capabilities list, and refuses others with the reason', async () => {
    const { port, native } = await connectFake()
    expect(unwrap(await port.supports('snapshots'))).toBe(true)
    expect(unwrap(await port.supports('console'))).toBe(false)
    expect(Object.keys(unwrap(await port.facet('snapshots')))).toEqual(['list', 'create', 'revert', 'delete'])
    expect(errorOf(await port.facet('console'))).toMatchObject({
      code: 'UNSUPPORTED',
      details: { feature: 'console', reason: 'the licence does not cover it' },
    })
    native.capabilities = { ...fakeCapabilities, facets: [], missingFacets: {} }
    expect(errorOf(await port.facet('snapshots')).code).toBe('UNSUPPORTED')
  })

  it('refuses a facet outside the manifest, though the endpoint should list it', async () => {
    const { port, native } = await connectFake()
    native.capabilities = { ...fakeCapabilities, facets: ['migrate', 'console'] }
    // @ts-expect-error outside the manifest
    expect(errorOf(await port.facet('migrate')).message).toContain('@dcm/fake')
  })
})
