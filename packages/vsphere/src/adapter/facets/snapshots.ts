import { type AdapterFacetOf, HypervisorError, type Snapshot, type SnapshotList, type Step } from '@dcm/core'
import { isFault } from '../../client/error.js'
import { reference } from '../../client/reference.js'
import type { VirtualMachineSnapshotTree } from '../../generated/virtual-machine.js'
import { requireVm } from '../locate.js'
import { type DetailRow, idOf } from '../map-vm.js'
import type { Platform } from '../platform.js'
import { refused, vmOf } from '../power/power-state.js'
import { cancelTask, pollTask, started } from '../task-step.js'
import { infoResult, stateOf, type TaskState, vmTask } from './vm-task.js'

/** A snapshot with what the port does not tell of it. */
interface Known {
  readonly snapshot: Snapshot
  readonly state: string
}

/** Trees of snapshots; an id is a reference (`snapshot-7`), for names repeat. */
export function snapshotsFacet(platform: Platform): AdapterFacetOf<'snapshots'> {
  return {
    async list({ ref }, { signal }): Promise<SnapshotList> {
      const row = await requireVm(platform, ref, signal)
      const { known, current } = await readSnapshots(platform, row.ref.value, signal)
      return { snapshots: known.map(({ snapshot }) => snapshot), ...(current !== undefined && { current }) }
    },
    create: vmTask(platform, {
      async plan(row, { memory = false, quiesce = false }, signal) {
        if (memory && row['runtime.powerState'] !== 'poweredOn') {
          throw refused(row, 'does not run, so there is no memory to save: start it first', 'not-running')
        }
        if (quiesce) requireTools(row)
        const { known } = await readSnapshots(platform, row.ref.value, signal)
        return { had: known.map(({ snapshot }) => snapshot.id), snapshot: '' }
      },
      send({ input, state, signal }) {
        const { name, description, memory = false, quiesce = false } = input
        const note = description === undefined ? {} : { description }
        return platform.api.call(vmOf(state), 'CreateSnapshot_Task', { name, ...note, memory, quiesce }, { signal })
      },
      succeeded: (result) => ({ snapshot: idOfResult(result) }),
      lost: {
        task: 'VirtualMachine.createSnapshot',
        canBeWrong: 'somebody else made a snapshot of the same name after our plan: it is taken for ours, weakly',
        async find({ input, state, signal }) {
          const { known } = await readSnapshots(platform, vmOf(state).value, signal)
          const made = known.find(({ snapshot: { id, name } }) => name === input.name && !state.had?.includes(id))
          if (made === undefined) return { found: 'absent' }
          return { found: 'mine', weak: true, state: { snapshot: made.snapshot.id } }
        },
      },
      undo: [removeStep(platform)],
      leftovers: ({ input, state }) => [{ kind: 'volume', id: state.snapshot ?? '', name: input.name }],
      async result({ input, state, signal }) {
        const { known } = await readSnapshots(platform, vmOf(state).value, signal)
        const made = known.find(({ snapshot }) => snapshot.id === state.snapshot)
        if (made !== undefined) return made.snapshot
        throw new HypervisorError('NOT_FOUND', `the snapshot '${input.name}' was removed meanwhile`)
      },
    }),
    revert: vmTask(platform, {
      async plan(row, { snapshot }, signal) {
        requireSnapshot(row, await readSnapshots(platform, row.ref.value, signal), snapshot)
        return {}
      },
      send: ({ input, signal }) =>
        platform.api.call(snapshotOf(input.snapshot), 'RevertToSnapshot_Task', {}, { signal }),
      lost: {
        task: 'vm.Snapshot.revert',
        canBeWrong: 'somebody else reverted the VM after our plan: his task is taken for ours',
      },
      result: infoResult(platform),
    }),
    delete: vmTask(platform, {
      async plan(row, { snapshot, children = false }, signal) {
        const { known } = await readSnapshots(platform, row.ref.value, signal)
        const gone = new Set(known.filter(({ snapshot: { id } }) => id === snapshot).map(() => snapshot))
        // Parents stand before their children.
        if (children) for (const { snapshot: one } of known) if (gone.has(one.parent ?? '')) gone.add(one.id)
        return { gone: [...gone], settled: gone.size === 0 }
      },
      send: ({ input: { snapshot, children = false }, signal }) =>
        platform.api.call(
          snapshotOf(snapshot),
          'RemoveSnapshot_Task',
          { removeChildren: children, consolidate: true },
          { signal },
        ),
      failed: (error) => (isFault(error, 'ManagedObjectNotFound') ? { done: true } : undefined),
      result: ({ state }) => Promise.resolve({ removed: state.gone ?? [], left: [] }),
    }),
  }
}

/** Takes a new snapshot back; what was written since stays. */
function removeStep<Input, Facts extends { snapshot: string }>(platform: Platform): Step<Input, TaskState & Facts> {
  return {
    name: 'remove',
    repeat: 'safe',
    async begin({ state, signal }) {
      // The compiler does not see the member through the type parameter.
      const { snapshot } = state as Readonly<Partial<TaskState & { snapshot: string }>>
      if (snapshot === undefined || snapshot === '') return { done: true }
      const removal = { removeChildren: false, consolidate: true }
      try {
        return started(await platform.api.call(snapshotOf(snapshot), 'RemoveSnapshot_Task', removal, { signal }))
      } catch (error) {
        if (isFault(error, 'ManagedObjectNotFound')) return { done: true }
        throw error
      }
    },
    poll: (context, task) =>
      pollTask(platform, context, task, {
        vm: stateOf(context.state).vm,
        failed: (error) => (isFault(error, 'ManagedObjectNotFound') ? { done: true } : undefined),
      }),
    cancel: ({ signal }, task) => cancelTask(platform, task, signal),
  }
}

function snapshotOf(id: string) {
  return reference('VirtualMachineSnapshot', id)
}

/** NOT_FOUND names a snapshot that the VM does not have. */
export function requireSnapshot(row: DetailRow, { known }: { readonly known: readonly Known[] }, wanted: string): void {
  if (known.some(({ snapshot: { id } }) => id === wanted)) return
  const message = `VM ${idOf(row)} has no snapshot '${wanted}'; list them to see their ids`
  throw new HypervisorError('NOT_FOUND', message, { resource: idOf(row) })
}

/** All snapshots of a VM, parents first. One call. */
export async function readSnapshots(
  platform: Platform,
  vm: string,
  signal: AbortSignal,
): Promise<{ readonly known: readonly Known[]; readonly current?: string }> {
  const { snapshot } = await platform.api.read(reference('VirtualMachine', vm), 'VirtualMachine', ['snapshot'], {
    signal,
  })
  const known: Known[] = []
  const walk = (trees: readonly VirtualMachineSnapshotTree[] | undefined, parent?: string): void => {
    for (const tree of trees ?? []) {
      known.push({ snapshot: mapSnapshot(tree, parent), state: tree.state })
      walk(tree.childSnapshotList, tree.snapshot.value)
    }
  }
  walk(snapshot?.rootSnapshotList)
  const current = snapshot?.currentSnapshot?.value
  return { known, ...(current !== undefined && { current }) }
}

/** A snapshot of a running VM says `poweredOn` only if it holds the memory. */
function mapSnapshot(tree: VirtualMachineSnapshotTree, parent: string | undefined): Snapshot {
  const { snapshot, name, description, createTime, state } = tree
  return {
    id: snapshot.value,
    name,
    ...(description !== '' && { description }),
    ...(parent !== undefined && { parent }),
    createdAt: new Date(createTime).toISOString(),
    memory: state === 'poweredOn',
  }
}

function requireTools(row: DetailRow): void {
  if (row['runtime.powerState'] === 'poweredOn' && row['guest.toolsRunningStatus'] === 'guestToolsRunning') return
  const why = 'has no VMware Tools running, so nothing can ask its guest to write its caches out: leave quiesce away'
  throw refused(row, why, 'cannot-ask')
}

function idOfResult(result: unknown): string {
  const value = typeof result === 'object' && result !== null && 'value' in result ? result.value : undefined
  if (typeof value !== 'string') throw new TypeError('the task ends with a reference to what it made')
  return value
}
