import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HypervisorError } from '../errors/hypervisor-error.js'
import type { Listing, Page, PageQuery } from '../model/page.js'
import type { Resource } from '../model/resources.js'
import type { PowerState, VmSummary } from '../model/vm.js'
import { err, ok, type Result } from '../result.js'
import { each } from './each.js'
import { filterResources } from './filter-resources.js'
import { filterVms } from './filter-vms.js'
import { createPager } from './pager.js'
import { collectProblems } from './reference-problems.js'
import { type ReferenceCandidate, resolveReference } from './resolve-reference.js'

function listing<T>(items: readonly T[]): Listing<T> {
  return { items, problems: [], complete: true, observedAt: '2026-01-01T00:00:00.000Z', source: 'live' }
}

function thrownBy(work: () => unknown): HypervisorError {
  try {
    work()
  } catch (error) {
    if (HypervisorError.isInstance(error)) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

async function failure(work: Promise<unknown>): Promise<HypervisorError> {
  return work.then(
    () => {
      throw new Error('nothing was thrown')
    },
    (error: HypervisorError) => error,
  )
}

describe('createPager', () => {
  it('gives the listing itself, uncopied, without a page size', async () => {
    const all = listing([1, 2, 3])
    expect(await createPager().page('a', {}, async () => all)).toBe(all)
    expect(await createPager().page('a', { pageSize: 3 }, async () => all)).toBe(all)
  })

  it('gives every item once, in order, whatever the size, from one look at the platform', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat()), fc.integer({ min: 1, max: 50 }), async (items, pageSize) => {
        const pager = createPager()
        const seen: number[] = []
        let looks = 0
        let query: PageQuery = { pageSize }
        for (;;) {
          const page: Page<number> = await pager.page('a', query, async () => {
            looks++
            return listing(items)
          })
          seen.push(...page.items)
          if (page.nextPageToken === undefined) break
          query = { pageToken: page.nextPageToken }
        }
        expect(seen).toEqual(items)
        expect(looks).toBe(1)
      }),
    )
  })

  it('answers a token twice, and with another page size', async () => {
    const pager = createPager()
    const first = await pager.page('a', { pageSize: 1 }, async () => listing([1, 2, 3]))
    const pageToken = first.nextPageToken ?? ''
    const load = () => Promise.reject(new Error('must not look again'))
    expect((await pager.page('a', { pageToken }, load)).items).toEqual([2])
    expect((await pager.page('a', { pageToken, pageSize: 2 }, load)).items).toEqual([2, 3])
  })

  it('refuses unknown, foreign, altered and expired tokens', async () => {
    let time = 0
    const pager = createPager({ maxAgeMs: 100, maxKept: 2, now: () => time })
    const list = async (name: string) =>
      (await pager.page(name, { pageSize: 1 }, async () => listing([1, 2]))).nextPageToken ?? ''
    const load = async () => listing([1])
    const token = await list('a')
    const bad = ['', 'x', 'x.1', `${token}.1`, token.replace(/\d+$/, '0'), token.replace(/\d+$/, '9'), `${token}x`]
    for (const pageToken of bad) {
      expect((await failure(pager.page('a', { pageToken }, load))).code).toBe('INVALID_ARGUMENT')
    }
    expect((await failure(pager.page('b', { pageToken: token }, load))).message).toContain('another list')
    await list('b')
    await list('c')
    expect((await failure(pager.page('a', { pageToken: token }, load))).message).toContain('expired')
    const young = await list('d')
    time = 101
    expect((await failure(pager.page('d', { pageToken: young }, load))).message).toContain('expired')
  })

  it('refuses impossible page sizes', async () => {
    for (const pageSize of [0, -1, 1.5, 10_001, Number.NaN]) {
      expect((await failure(createPager().page('a', { pageSize }, async () => listing([])))).message).toContain('10000')
    }
  })
})

describe('filterVms', () => {
  const states: readonly PowerState[] = ['running', 'stopped', 'unknown']
  const vm = fc.record({
    ref: fc.constant({ endpoint: 'e', id: '1' }),
    name: fc.constantFrom('a', 'b'),
    powerState: fc.constantFrom(...states),
    rawState: fc.constant(''),
    tags: fc.subarray(['x', 'y', 'z']),
  })

  it('gives the same array when there is nothing to filter', () => {
    const vms: VmSummary[] = []
    expect(filterVms(vms, {})).toBe(vms)
    expect(filterVms(vms, { tags: [] })).toBe(vms)
  })

  it('agrees with filtering by hand', () => {
    fc.assert(
      fc.property(fc.array(vm), fc.subarray([...states]), fc.subarray(['x', 'y']), (vms, powerState, tags) => {
        const found = filterVms(vms, { name: 'a', powerState, tags })
        const byHand = vms.filter(
          (one) =>
            one.name === 'a' && powerState.includes(one.powerState) && tags.every((tag) => one.tags.includes(tag)),
        )
        expect(found).toEqual(byHand)
      }),
    )
    expect(filterVms([], { powerState: 'running' })).toEqual([])
  })
})

const datacenter: Resource = { kind: 'datacenter', id: 'dc', name: 'Main', within: [], synthetic: true }
const hosts: readonly Resource[] = ['h1', 'h2'].map((id) => ({
  kind: 'host',
  id,
  name: `Host ${id}`,
  within: ['dc'],
  status: 'up',
}))
const shared: Resource = {
  kind: 'datastore',
  id: 's1',
  name: 'fast',
  within: ['dc'],
  type: 'nfs',
  accessible: true,
  shared: true,
  content: ['disks'],
  hosts: ['h1'],
}
const local: Resource = { ...shared, id: 's2', shared: false, within: ['h2', 'dc'], hosts: ['h2'] }
const resources: readonly Resource[] = [datacenter, ...hosts, shared, local]

describe('filterResources', () => {
  const datastores = new Set(['datastore'] as const)

  it('leaves out the containers that were only read to narrow', () => {
    expect(filterResources(resources, datastores, undefined)).toEqual([shared, local])
    expect(filterResources([shared, local], datastores, undefined)).toEqual([shared, local])
  })

  it('narrows by id and by name, to what lies in it and to what it reaches', () => {
    expect(filterResources(resources, datastores, { id: 'dc' })).toEqual([shared, local])
    expect(filterResources(resources, datastores, { id: 'h1' })).toEqual([shared])
    expect(filterResources(resources, datastores, { name: 'Host h2' })).toEqual([local])
  })

  it('refuses a place that is not there, and a name that fits two', () => {
    const error = thrownBy(() => filterResources(resources, datastores, { name: 'Host h3' }))
    expect(error.code).toBe('NOT_FOUND')
    expect(error.message).toContain("did you mean 'Host h1'?")
    const twins = [...resources, { ...datacenter, id: 'dc2' }]
    expect(thrownBy(() => filterResources(twins, datastores, { name: 'Main' })).code).toBe('AMBIGUOUS')
  })
})

describe('resolveReference', () => {
  const candidates: readonly ReferenceCandidate[] = [
    { id: '100', name: 'debian', within: ['h1', 'dc'] },
    { id: '101', name: 'debian', within: ['h2', 'dc'] },
    { id: '102', name: 'windows', within: ['h2', 'dc'] },
  ]
  const containers: readonly ReferenceCandidate[] = [{ id: 'h2', name: 'Host h2', within: [] }]

  it('finds by id, by a name that fits one, and by a name within a place', () => {
    const problems = collectProblems()
    const target = { kind: 'template', containers } as const
    expect(resolveReference({ id: '101' }, candidates, target, problems)?.id).toBe('101')
    expect(resolveReference({ name: 'windows' }, candidates, target, problems)?.id).toBe('102')
    expect(resolveReference({ name: 'debian', within: 'h1' }, candidates, target, problems)?.id).toBe('100')
    expect(resolveReference({ name: 'debian', within: 'Host h2' }, candidates, target, problems)?.id).toBe('101')
    expect(problems.isEmpty).toBe(true)
    problems.throwIfAny('the specification')
  })

  it('takes one thing seen twice for one', () => {
    const seen = { id: 'n', name: 'vmbr0', within: [] }
    expect(resolveReference({ name: 'vmbr0' }, [seen, { ...seen }], { kind: 'network' }, collectProblems())).toBe(seen)
  })

  it.each([
    [{ name: 'debain' }, "did you mean 'debian'?"],
    [{ name: 'xxxxxxxx' }, 'there are debian, windows'],
    [{ name: '100' }, 'that is an id; give { id }'],
    [{ id: 'debian' }, 'that is a name; give { name }'],
    [{ name: 'windows', within: 'h1' }, 'it lies in h2'],
  ])('helps to mend %j', (reference, hint) => {
    const problems = collectProblems()
    expect(
      resolveReference(reference, candidates, { path: 'source.template', kind: 'template' }, problems),
    ).toBeUndefined()
    const error = thrownBy(() => problems.throwIfAny('the specification'))
    expect(error.code).toBe('NOT_FOUND')
    expect(error.message).toContain('source.template: no template')
    expect(error.message).toContain(hint)
    expect(error.details).toEqual({ missing: [{ path: 'source.template', kind: 'template', reference }] })
  })

  it('tells the candidates of an ambiguous name', () => {
    const problems = collectProblems()
    resolveReference({ name: 'debian' }, candidates, { path: 'source.template', kind: 'template' }, problems)
    const error = thrownBy(() => problems.throwIfAny('the specification'))
    expect(error.code).toBe('AMBIGUOUS')
    expect(error.message).toContain('100 (in h1), 101 (in h2)')
    expect(error.details).toEqual({
      references: [
        {
          path: 'source.template',
          reference: { name: 'debian' },
          candidates: [
            { id: '100', name: 'debian', within: 'h1' },
            { id: '101', name: 'debian', within: 'h2' },
          ],
        },
      ],
    })
  })
})

describe('collectProblems', () => {
  it('throws the gravest code with all of its problems, and tells the others too', () => {
    const problems = collectProblems()
    problems.ambiguous({
      reference: { name: 'a' },
      candidates: [
        { id: '1', name: 'a' },
        { id: '2', name: 'a' },
      ],
    })
    problems.missing({ kind: 'network', path: 'nics[0].network', reference: { name: 'lan' } })
    problems.missing({ kind: 'datastore', reference: { id: 'x' } })
    expect(thrownBy(() => problems.throwIfAny('the specification'))).toMatchObject({
      code: 'NOT_FOUND',
      details: { missing: [{ kind: 'network' }, { kind: 'datastore' }] },
    })
    problems.invalid('cpus', 'must be at most 8')
    const error = thrownBy(() => problems.throwIfAny('the specification'))
    expect(error).toMatchObject({ code: 'INVALID_ARGUMENT', details: { problems: [{ path: 'cpus' }] } })
    expect(error.message).toBe(
      "the specification: cpus: must be at most 8; nics[0].network: no network named 'lan'; no datastore with the id 'x'; named 'a' fits 2 things; give one of the ids 1, 2",
    )
  })
})

describe('each', () => {
  const pages: Readonly<Record<string, Page<number>>> = {
    first: { ...listing([1, 2]), nextPageToken: 'second', complete: false, problems: [] },
    second: listing([3]),
  }
  const list = async (query: PageQuery = {}): Promise<Result<Page<number>>> => {
    const page = pages[query.pageToken ?? 'first']
    return page ? ok(page) : err(new HypervisorError('INVALID_ARGUMENT', 'bad token'))
  }

  it('goes over all pages', async () => {
    const seen: number[] = []
    for await (const item of each(list)) seen.push(item)
    expect(seen).toEqual([1, 2, 3])
  })

  it('throws what a page failed with, and tells what could not be read', async () => {
    const error = new HypervisorError('UNAVAILABLE', 'gone')
    const problem = { source: 'h2', error: error.toJSON() }
    let told: readonly unknown[] = []
    const broken = async (query: PageQuery = {}): Promise<Result<Page<number>>> =>
      query.pageToken === undefined ? ok({ ...listing([1]), nextPageToken: 'x', problems: [problem] }) : err(error)
    const seen: number[] = []
    const onProblems = (problems: readonly unknown[]): void => {
      told = problems
    }
    const run = async () => {
      for await (const item of each(broken, {}, { onProblems })) seen.push(item)
    }
    expect(await failure(run())).toBe(error)
    expect(seen).toEqual([1])
    expect(told).toEqual([problem])
  })
})
