import type { AdapterFacetOf } from '../../../model/facets/facets.js'
import type { Connection } from '../connection.js'
import { listing } from '../inventory.js'
import { targetOf, wrongState } from '../vm-state.js'
import { resolveId } from './resolve.js'
import { infoResult, vmOperation } from './vm-operation.js'

const states = { disk: 'HIBERNATED', memory: 'FROZEN' } as const

export function suspendFacet(connection: Connection): AdapterFacetOf<'suspend'> {
  return {
    suspend: vmOperation(connection, {
      isDone: (vm, { to }) => vm.state === states[to],
      plan(vm, { to }) {
        const good = vm.state === 'UP' || vm.state === states[to] || (to === 'disk' && vm.state === 'FROZEN')
        if (good) return {}
        throw wrongState(vm, 'only a running VM can be suspended', connection.endpoint, 'not-running')
      },
      send: ({ input, state, signal }) =>
        connection.call(input.to === 'disk' ? 'vm.hibernate' : 'vm.freeze', targetOf(state), signal),
      result: infoResult(connection),
    }),
  }
}

export function migrateFacet(connection: Connection, site: string): AdapterFacetOf<'migrate'> {
  return {
    migrate: vmOperation(connection, {
      async plan(vm, { host, datastore }, signal) {
        const to = host ? await resolveId(connection, site, host, 'host', 'host', signal) : vm.host
        const store = datastore && (await resolveId(connection, site, datastore, 'datastore', 'datastore', signal))
        if (['UP', 'HALTED', 'HIBERNATED'].includes(vm.state)) return { to, ...(store !== undefined && { store }) }
        throw wrongState(vm, 'it can be moved when it runs, is stopped or suspended', connection.endpoint)
      },
      send({ state, signal }) {
        const { to = '', store } = state
        const place = { host: to, ...(store !== undefined && { store }) }
        return connection.call('vm.move', { ...targetOf(state), ...place }, signal)
      },
      result: infoResult(connection),
    }),
  }
}

export function tagsFacet(connection: Connection): AdapterFacetOf<'tags'> {
  return {
    async list(_input, { signal }) {
      const { vms, silent } = await connection.call('vm.list', {}, signal)
      const tags = [...new Set(vms.flatMap((vm) => vm.tags))].sort()
      return listing(
        tags.map((tag) => ({ tag })),
        silent,
        connection.endpoint,
      )
    },
    set: vmOperation(connection, {
      plan: () => ({}),
      send({ input, state, signal }) {
        const change = { tags: [...new Set(input.tags)] }
        return connection.call('vm.change', { ...targetOf(state), change }, signal)
      },
      result: infoResult(connection),
    }),
  }
}
