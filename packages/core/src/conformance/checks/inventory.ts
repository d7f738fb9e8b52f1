import type { Page } from '../../model/page.js'
import type { VmSummary } from '../../model/vm.js'
import type { Result } from '../../result.js'
import { assert, assertEqual, failure, value } from '../assert.js'
import { type Check, only } from '../check.js'

const group = 'inventory'
const idsOf = (vms: readonly VmSummary[]) => vms.map(({ ref }) => ref.id).sort()

export const inventoryChecks: readonly Check[] = [
  {
    number: 19,
    group,
    title: 'every seeded VM exactly once',
    async run({ connect, harness }) {
      const page = value(await (await connect()).listVms(), 'listVms')
      const ids = idsOf(page.items)
      assertEqual(new Set(ids).size, ids.length, 'no id twice')
      for (const id of harness.scenario.vmIds) assert(ids.includes(id), `the seeded VM ${id} is listed`, ids)
      assertEqual(ids.length, harness.scenario.vmIds.length, 'number of VMs')
    },
  },
  {
    number: 20,
    group,
    title: 'pages of 1 and of n-1 give the same set',
    async run({ connect, harness }) {
      const port = await connect()
      const all = idsOf(value(await port.listVms(), 'listVms').items)
      for (const pageSize of [1, Math.max(1, harness.scenario.vmIds.length - 1)]) {
        const seen: VmSummary[] = []
        let pageToken: string | undefined
        do {
          const page = value(await port.listVms({ pageSize, ...(pageToken && { pageToken }) }), `page of ${pageSize}`)
          assert(page.items.length <= pageSize, `a page of at most ${pageSize}`, page.items.length)
          seen.push(...page.items)
          pageToken = page.nextPageToken
        } while (pageToken)
        assertEqual(idsOf(seen), all, `pages of ${pageSize}`)
      }
    },
  },
  {
    number: 21,
    group,
    title: 'an invalid page token: INVALID_ARGUMENT',
    async run({ connect }) {
      const port = await connect()
      failure(await port.listVms({ pageSize: 1, pageToken: 'no-such-token' }), 'invalid token', 'INVALID_ARGUMENT')
      failure(await port.listVms({ pageSize: 0 }), 'page size 0', 'INVALID_ARGUMENT')
    },
  },
  {
    number: 22,
    group,
    title: 'a VM removed between pages: no crash, no duplicate',
    async run({ connect, fault, harness, capabilities }) {
      const remove = fault('remove')
      const port = await connect()
      const first = value(await port.listVms({ pageSize: 1 }), 'first page')
      const gone = harness.scenario.vmIds.find((id) => id !== first.items[0]?.ref.id)
      only(gone !== undefined, 'the scenario seeds a single VM')
      await remove(gone ?? '')
      const seen = [...first.items]
      let token = first.nextPageToken
      while (token) {
        const page = value(await port.listVms({ pageSize: 1, pageToken: token }), 'next page')
        seen.push(...page.items)
        token = page.nextPageToken
      }
      assertEqual(new Set(idsOf(seen)).size, seen.length, 'no VM twice')
      const { lists } = await capabilities()
      const isListed = async () => idsOf(value(await port.listVms(), 'listVms').items).includes(gone ?? '')
      // A list of the platform's cache may lag, by its own word.
      const patience = performance.now() + (lists.lagMs ?? 0) + 10_000
      while (await isListed()) {
        assert(performance.now() < patience, `the removed VM ${gone} is no longer listed`, 'it is')
        await new Promise((resolve) => setTimeout(resolve, 200))
      }
    },
  },
  {
    number: 23,
    group,
    title: 'templates are not VMs',
    async run({ connect, harness }) {
      const port = await connect()
      const templates = value(await port.listTemplates(), 'listTemplates').items
      const names = templates.map(({ name }) => name)
      for (const name of harness.scenario.templateNames)
        assert(names.includes(name), `template '${name}' is listed`, names)
      const vms = idsOf(value(await port.listVms(), 'listVms').items)
      for (const { id } of templates) assert(!vms.includes(id), `template ${id} is not among the VMs`, vms)
    },
  },
  {
    number: 24,
    group,
    title: 'filters equal filtering at the client',
    async run({ connect }) {
      const port = await connect()
      const all = value(await port.listVms(), 'listVms').items
      only(all.length > 1, 'the scenario seeds fewer than two VMs')
      const stopped = value(await port.listVms({ powerState: 'stopped' }), 'stopped').items
      assertEqual(idsOf(stopped), idsOf(all.filter((vm) => vm.powerState === 'stopped')), 'powerState')
      assert(stopped.length > 0, 'the scenario seeds a stopped VM, so that this filter is tried', 'none')
      const [first] = all
      if (first?.name !== undefined) {
        const named = value(await port.listVms({ name: first.name }), 'by name').items
        assertEqual(idsOf(named), idsOf(all.filter((vm) => vm.name === first.name)), 'name')
      }
      const tag = all.flatMap((vm) => vm.tags)[0]
      if (tag !== undefined) {
        const tagged = value(await port.listVms({ tags: [tag] }), 'by tag').items
        assertEqual(idsOf(tagged), idsOf(all.filter((vm) => vm.tags.includes(tag))), 'tags')
      }
      const host = all.find((vm) => vm.host !== undefined)?.host
      if (host !== undefined) {
        const there = value(await port.listVms({ within: { id: host } }), 'within').items
        assertEqual(idsOf(there), idsOf(all.filter((vm) => vm.host === host)), 'within a host')
      }
    },
  },
  {
    number: 25,
    group,
    title: 'an empty endpoint: an empty page',
    async run({ connect }) {
      const page = value(await (await connect({ target: 'empty' })).listVms(), 'listVms')
      assertEqual(page.items, [], 'items')
      assertEqual(page.complete, true, 'complete')
      assertEqual(page.nextPageToken, undefined, 'nextPageToken')
    },
  },
  {
    number: 26,
    group,
    title: 'a dead host: a partial page with its problem',
    async run({ connect, fault }) {
      const port = await connect()
      const dead = await fault('deadHost')()
      const page = value(await port.listVms(), 'listVms')
      assertEqual(page.complete, false, 'complete')
      assert(
        page.problems.some(({ source }) => source === dead),
        `a problem names '${dead}'`,
        page.problems,
      )
      assert(page.items.length > 0, 'the VMs of the other hosts are there', 'none')
      const resources = value(await port.listResources(), 'listResources')
      assertEqual(resources.complete, false, 'complete of listResources')
    },
  },
  {
    number: 27,
    group,
    title: 'every kind of resource, with stable ids',
    async run({ connect }) {
      const port = await connect()
      const first = value(await port.listResources(), 'listResources')
      const second = value(await port.listResources(), 'listResources again')
      for (const kind of ['datacenters', 'clusters', 'hosts', 'datastores', 'networks', 'templates'] as const) {
        const ids = first[kind].map(({ id }) => id)
        assert(ids.length > 0, `at least one of ${kind}`, 'none')
        assertEqual(new Set(ids).size, ids.length, `ids of ${kind} are unique`)
        assertEqual(second[kind].map(({ id }) => id).sort(), ids.sort(), `ids of ${kind} are stable`)
      }
      const lists = {
        datacenters: await port.listDatacenters(),
        clusters: await port.listClusters(),
        hosts: await port.listHosts(),
        datastores: await port.listDatastores(),
        networks: await port.listNetworks(),
        resourcePools: await port.listResourcePools(),
        templates: await port.listTemplates(),
      }
      for (const [kind, list] of Object.entries(lists)) {
        const answer: Result<Page<{ readonly id: string }>> = list
        const ids = value(answer, `the list of ${kind}`).items.map(({ id }) => id)
        // Each list stands under its own name in the overview, too.
        const overview = first[kind as keyof typeof lists].map(({ id }) => id)
        assertEqual(ids.sort(), overview.sort(), `ids of ${kind} in their own list`)
      }
    },
  },
  {
    number: 28,
    group,
    title: 'odd names arrive intact',
    async run({ connect, create, harness }) {
      const port = await connect()
      const names = value(await port.listVms(), 'listVms').items.map(({ name }) => name)
      for (const name of harness.scenario.oddNames ?? []) assert(names.includes(name), `'${name}' is listed`, names)
      const description = 'Ünïcödé 漢字 🦔 / % %41 + & = ; "double" \'single\' <b> \\ # ?\nsecond line'
      const vm = await create(port, 'odd', { description })
      assertEqual(vm.description, description, 'description')
      assertEqual(value(await port.getVm(vm.ref), 'getVm').description, description, 'description read again')
    },
  },
  {
    number: 29,
    group,
    title: '10,000 VMs within the call budget',
    async run({ connect, fault, need, harness }) {
      await fault('fill')(10_000)
      const port = await connect()
      value(await port.capabilities(), 'capabilities')
      const counts = need('counts')
      await need('resetCounts')()
      const page = value(await port.listVms(), 'listVms')
      assert(page.items.length >= 10_000, 'a list of at least 10,000 VMs', page.items.length)
      const { requests } = await counts()
      assert(requests <= harness.scenario.listBudget, `at most ${harness.scenario.listBudget} requests`, requests)
    },
  },
  {
    number: 30,
    group,
    title: 'an unknown native state is `unknown`, with rawState',
    async run({ connect, fault, create }) {
      const unknownState = fault('unknownState')
      const port = await connect()
      const vm = await create(port, 'strange')
      await unknownState(vm.ref.id)
      const seen = value(await port.getVm(vm.ref), 'getVm')
      assertEqual(seen.powerState, 'unknown', 'powerState')
      assert(seen.rawState.length > 0, 'a rawState', seen.rawState)
    },
  },
]
