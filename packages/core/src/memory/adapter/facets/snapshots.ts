import type { AdapterFacetOf } from '../../../model/facets/facets.js'
import type { Snapshot } from '../../../model/facets/snapshots.js'
import type { NativeSnapshot } from '../../platform/native-snapshots.js'
import type { Connection } from '../connection.js'
import { lookAt, missing, targetOf, wrongState } from '../vm-state.js'
import { infoResult, vmOperation } from './vm-operation.js'

export function snapshotsFacet(connection: Connection): AdapterFacetOf<'snapshots'> {
  const { endpoint } = connection
  return {
    async list({ ref }, { signal }) {
      const vm = await lookAt(connection, ref, signal)
      const { snapshots, current } = await connection.call('snapshot.list', targetOf(vm), signal)
      return { snapshots: snapshots.map(mapSnapshot), ...(current !== undefined && { current }) }
    },
    create: vmOperation(connection, {
      plan(vm, { memory, quiesce }) {
        if (memory && vm.state !== 'UP') throw wrongState(vm, 'it has no memory to save; start it first', endpoint)
        if (quiesce && (vm.state !== 'UP' || vm.guest.tools !== 'agent')) {
          throw wrongState(vm, 'no agent of a running guest can be asked to write its caches out', endpoint)
        }
        return { snapshot: crypto.randomUUID() }
      },
      send({ input, state, signal }) {
        const { name, description, memory = false } = input
        const note = description === undefined || description === '' ? {} : { note: description }
        const snapshot = { id: state.snapshot ?? '', name, memory, ...note }
        return connection.call('snapshot.take', { ...targetOf(state), snapshot }, signal)
      },
      async result({ state, signal }) {
        const { snapshots } = await connection.call('snapshot.list', targetOf(state), signal)
        const made = snapshots.find(({ id }) => id === state.snapshot)
        if (made) return mapSnapshot(made)
        throw missing(`the snapshot '${state.snapshot}' was removed meanwhile`, endpoint)
      },
    }),
    revert: vmOperation(connection, {
      async plan(vm, { snapshot }, signal) {
        const { snapshots } = await connection.call('snapshot.list', targetOf(vm), signal)
        if (snapshots.some(({ id }) => id === snapshot)) return {}
        throw missing(`VM '${vm.id}' has no snapshot '${snapshot}'; list them to see their ids`, endpoint)
      },
      send: ({ input, state, signal }) =>
        connection.call('snapshot.revert', { ...targetOf(state), snapshot: input.snapshot }, signal),
      result: infoResult(connection),
    }),
    delete: vmOperation(connection, {
      async plan(vm, { snapshot, children = false }, signal) {
        const { snapshots } = await connection.call('snapshot.list', targetOf(vm), signal)
        const gone = new Set(snapshots.filter(({ id }) => id === snapshot).map(({ id }) => id))
        // Parents stand before their children.
        if (children) for (const { id, parent = '' } of snapshots) if (gone.has(parent)) gone.add(id)
        return { gone: [...gone] }
      },
      send({ input, state, signal }) {
        const { snapshot, children = false } = input
        return connection.call('snapshot.drop', { ...targetOf(state), snapshot, children }, signal)
      },
      result: async ({ state }) => ({ removed: state.gone ?? [], left: [] }),
    }),
  }
}

function mapSnapshot({ id, name, note, parent, takenAt, memory }: NativeSnapshot): Snapshot {
  return {
    id,
    name,
    ...(note !== undefined && { description: note }),
    ...(parent !== undefined && { parent }),
    createdAt: new Date(takenAt).toISOString(),
    memory,
  }
}
