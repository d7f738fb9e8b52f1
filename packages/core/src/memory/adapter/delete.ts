import type { OperationInputs } from '../../adapter.js'
import { HypervisorError } from '../../errors/hypervisor-error.js'
import type { DeleteReport } from '../../model/vm.js'
import type { Begun, Found, OperationDefinition, Step } from '../../operations/step.js'
import type { NativeVm } from '../platform/native-types.js'
import { ownerOf } from '../platform/volumes.js'
import { type Connection, isRefusal } from './connection.js'
import { pinned } from './power.js'
import { accepted, pollTask, readVm } from './steps.js'
import {
  assertUnlocked,
  condition,
  lookAt,
  powerStep,
  startedSince,
  targetOf,
  type VmState,
  wrongState,
} from './vm-state.js'

type DeleteInput = OperationInputs['deleteVm']

interface DeleteState extends VmState {
  /** It runs, and is to be stopped first. */
  readonly running: boolean
  /** Volumes of its disks, which cannot be read any more once it is gone. */
  readonly volumes: readonly string[]
  readonly removed: readonly string[]
  readonly left: readonly string[]
}

/** plan (read), halt (safe, with force), halted (condition), remove (once), verify (read). Absent: success, no write. */
export function deleteVm(connection: Connection): OperationDefinition<DeleteInput, DeleteState, DeleteReport> {
  const stopping: NonNullable<Step<DeleteInput, DeleteState>['times']> = ({ state }) =>
    !state.settled && state.running ? 1 : 0
  return {
    steps: [
      {
        name: 'plan',
        repeat: 'read',
        async begin({ input, signal }): Promise<Begun<DeleteState>> {
          try {
            return { done: true, state: plan(await lookAt(connection, input.ref, signal), input, connection.endpoint) }
          } catch (reason) {
            if (!isRefusal(reason, 'NO_SUCH_VM')) throw reason
            return { done: true, state: { id: input.ref.id, settled: true, removed: [], left: [] } }
          }
        },
      },
      powerStep(connection, 'halt', 'vm.halt', stopping),
      condition(connection, 'halted', stopping, (vm, { state }) => {
        if (['HALTED', 'HIBERNATED', 'FAULT'].includes(vm.state)) return { done: true }
        return startedSince(vm, state) ? { goTo: 'halt', state: { boots: vm.boots } } : 'waiting'
      }),
      remove(connection),
      {
        name: 'verify',
        repeat: 'read',
        times: ({ state }) => (state.settled ? 0 : 1),
        async begin({ input, state, signal }): Promise<Begun<DeleteState>> {
          const { id = '', generation = '', volumes = [] } = state
          const owned = await connection.call('volume.list', { owner: ownerOf({ id, generation }) }, signal)
          const stuck = new Set(owned.map((volume) => volume.id))
          const left = input.options.disks === 'keep' ? volumes : volumes.filter((volume) => stuck.has(volume))
          const removed = [id, ...volumes.filter((volume) => !left.includes(volume))]
          return { done: true, state: { removed, left } }
        },
      },
    ],
    result: async ({ state }) => ({ removed: state.removed ?? [], left: state.left ?? [] }),
  }
}

function plan(vm: NativeVm, { options }: DeleteInput, endpoint: string): Partial<DeleteState> {
  const running = !['HALTED', 'HIBERNATED', 'FAULT'].includes(vm.state)
  if (vm.lock !== 'remove') assertUnlocked(vm, endpoint)
  if (running && vm.lock !== 'remove' && !options.force) {
    throw wrongState(vm, 'stop it first, or delete it with force', endpoint, 'running')
  }
  const volumes = vm.disks.map(({ volume }) => volume)
  return { ...pinned(vm), running: running && vm.lock !== 'remove', volumes }
}

function remove(connection: Connection): Step<DeleteInput, DeleteState> {
  return {
    name: 'remove',
    repeat: 'once',
    times: ({ state }) => (state.settled ? 0 : 1),
    async begin({ input, state, signal }): Promise<Begun<DeleteState>> {
      const args = { ...targetOf(state), keepDisks: input.options.disks === 'keep' }
      try {
        return accepted(connection, await connection.call('vm.remove', args, signal))
      } catch (reason) {
        // REPLACED is refused like any other: nobody meant the VM that has the id by now.
        if (isRefusal(reason, 'NO_SUCH_VM')) return { done: true }
        if (isRefusal(reason, 'WRONG_STATE') && input.options.force) {
          // Somebody started it since.
          return { goTo: 'halt', state: { running: true } }
        }
        if (HypervisorError.isInstance(reason) && isRefusal(reason, 'LOCKED') && reason.code === 'CONFLICT') {
          if (reason.details.lock === 'remove') {
            return { busy: 'another removal of the same VM', retryAfterMs: connection.client.pollMs() }
          }
        }
        throw reason
      }
    },
    poll: ({ state }, task) => pollTask(connection, task, state.id),
    async find({ state, signal }): Promise<Found<DeleteState>> {
      const vm = await readVm(connection, targetOf(state), signal)
      if (!vm) return { found: 'mine' }
      if (vm.lock === 'remove') return { found: 'running', task: vm.task ?? null }
      return { found: 'absent' }
    },
    findCanBeWrong: 'Somebody else removed the VM with its disks while ours was to keep them: it counts as done.',
  }
}
