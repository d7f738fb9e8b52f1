import type { HypervisorAdapter, Listing, VmSummary } from '@dcm/core'
import { but, type Fault, type TwinGroup } from './twin.js'

export const inventoryTwins: TwinGroup = {
  tries: [19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 30],
  twins: [
    {
      name: 'forgetful',
      breaks: 'it leaves one VM out of every list',
      checks: [19],
      also: [24],
      make: () => listed((page) => ({ ...page, items: page.items.slice(1) })),
    },
    {
      name: 'last page lost',
      breaks: 'the last page of a paged list is empty',
      checks: [20],
      make: () => ({
        port: (port) =>
          but(port, {
            async listVms(query, options) {
              const answer = await port.listVms(query, options)
              const isLast = answer.ok && query?.pageToken !== undefined && answer.value.nextPageToken === undefined
              return isLast ? { ok: true, value: { ...answer.value, items: [] } } : answer
            },
          }),
      }),
    },
    {
      name: 'credulous',
      breaks: 'it takes an unknown page token for the first page',
      checks: [21],
      make: () => ({
        port: (port) =>
          but(port, {
            listVms: ({ pageToken, ...query } = {}, options) =>
              port.listVms(
                pageToken === 'no-such-token' ? query : { ...query, ...(pageToken && { pageToken }) },
                options,
              ),
          }),
      }),
    },
    {
      name: 'nostalgic',
      breaks: 'it lists VMs that are gone',
      checks: [22],
      also: [24],
      make() {
        const seen = new Map<HypervisorAdapter, Listing<VmSummary>>()
        return {
          adapter: (adapter) => ({
            async listVms(query, context) {
              const page = seen.get(adapter) ?? (await adapter.listVms(query, context))
              seen.set(adapter, page)
              return page
            },
          }),
        }
      },
    },
    {
      name: 'template blind',
      breaks: 'it lists a template among the VMs',
      checks: [23],
      also: [19],
      make: () =>
        listed((page) => ({
          ...page,
          items: [...page.items, ...page.items.slice(0, 1).map((vm) => ({ ...vm, ref: { ...vm.ref, id: 'vm-9003' } }))],
        })),
    },
    {
      name: 'unfiltered',
      breaks: 'it ignores the filter for power states',
      checks: [24],
      make: () => ({
        port: (port) =>
          but(port, { listVms: ({ powerState: _, ...query } = {}, options) => port.listVms(query, options) }),
      }),
    },
    {
      name: 'uneasy',
      breaks: 'it calls an empty list incomplete',
      checks: [25],
      make: () => listed((page) => (page.items.length > 0 ? page : { ...page, complete: false })),
    },
    {
      name: 'optimist',
      breaks: 'it keeps silent about a host that does not answer',
      checks: [26],
      make: () => listed((page) => ({ ...page, problems: [], complete: true })),
    },
    {
      name: 'one list short',
      breaks: 'its list of networks is empty, while the overview shows them',
      checks: [27],
      make: () => ({
        port: (port) =>
          but(port, {
            async listNetworks(query, options) {
              const answer = await port.listNetworks(query, options)
              return answer.ok ? { ok: true, value: { ...answer.value, items: [] } } : answer
            },
          }),
      }),
    },
    {
      name: 'renumbering',
      breaks: 'ids of networks change from read to read',
      checks: [27],
      make() {
        let reads = 0
        return {
          port: (port) =>
            but(port, {
              async listResources(query, options) {
                const answer = await port.listResources(query, options)
                if (!answer.ok) return answer
                reads += 1
                const networks = answer.value.networks.map((network) => ({ ...network, id: `${network.id}-${reads}` }))
                return { ok: true, value: { ...answer.value, networks } }
              },
            }),
        }
      },
    },
    {
      name: 'ascii',
      breaks: 'names lose what is not ASCII',
      checks: [28],
      make: () =>
        listed((page) => ({
          ...page,
          items: page.items.map((vm) => ({ ...vm, name: (vm.name ?? '').replace(/[^ -~]/g, '?') })),
        })),
    },
    {
      name: 'one by one',
      breaks: 'a list costs a call per VM',
      checks: [29],
      make: () => ({
        adapter: (adapter) => ({
          async listVms(query, context) {
            const page = await adapter.listVms(query, context)
            for (const { ref } of page.items.slice(0, 10)) await adapter.getVm(ref, context)
            return page
          },
        }),
      }),
    },
    {
      name: 'guesser',
      breaks: 'it calls a state that it does not know stopped',
      checks: [30],
      make: () => ({
        adapter: (adapter) => ({
          async getVm(ref, context) {
            const vm = await adapter.getVm(ref, context)
            return vm.powerState === 'unknown' ? { ...vm, powerState: 'stopped' } : vm
          },
        }),
      }),
    },
  ],
}

/** Other lists of VMs, below paging and filters. */
function listed(change: (page: Listing<VmSummary>) => Listing<VmSummary>): Fault {
  return {
    adapter: (adapter) => ({ listVms: async (query, context) => change(await adapter.listVms(query, context)) }),
  }
}
