import type { OperationInputs } from '../../adapter.js'
import { HypervisorError } from '../../errors/hypervisor-error.js'
import type { VmRef } from '../../model/references.js'
import type { VmInfo } from '../../model/vm.js'
import type { Sealed } from '../../operations/seal.js'
import type { Begun, Found, OperationDefinition, Step } from '../../operations/step.js'
import type { NativeVm } from '../platform/native-types.js'
import type { Connection } from './connection.js'
import { mapInfo } from './map-vm.js'
import { accepted, pollTask, readVm } from './steps.js'
import { assertUnlocked, condition, lookAt, powerStep, refOf, targetOf, type VmState, wrongState } from './vm-state.js'

type StartInput = OperationInputs['startVm']
type RestartInput = OperationInputs['restartVm']
type RestartOptions = Required<RestartInput['options']>

interface StartState extends VmState {
  readonly frozen: boolean
}

interface RestartState extends VmState {
  /** When the guest was asked, endpoint's clock. */
  readonly askedAt: number
}

/** plan (read), start or thaw (safe), started (condition). A running VM is done without a write. */
export function startVm(connection: Connection): OperationDefinition<StartInput, StartState, VmInfo> {
  return {
    steps: [
      {
        name: 'plan',
        repeat: 'read',
        async begin({ input, signal }): Promise<Begun<StartState>> {
          const vm = await lookAt(connection, input.ref, signal)
          const state = { ...pinned(vm), frozen: vm.state === 'FROZEN' }
          if (vm.state === 'UP') return { done: true, state: { ...state, settled: true } }
          assertUnlocked(vm, connection.endpoint)
          if (['HALTED', 'HIBERNATED', 'FROZEN', 'BOOTING'].includes(vm.state)) return { done: true, state }
          throw wrongState(vm, 'only a stopped, suspended or paused VM can be started', connection.endpoint)
        },
      },
      powerStep(connection, 'thaw', 'vm.thaw', ({ state }) => (!state.settled && state.frozen ? 1 : 0)),
      powerStep(connection, 'start', 'vm.start', ({ state }) => (!state.settled && !state.frozen ? 1 : 0)),
      condition(
        connection,
        'started',
        ({ state }) => (state.settled ? 0 : 1),
        (vm) => {
          if (vm.state === 'UP') return { done: true }
          if (vm.state === 'BOOTING') return 'waiting'
          throw notReached(vm, 'was started', connection.endpoint)
        },
      ),
    ],
    result: ({ state, signal }) => infoOf(connection, state, signal),
  }
}

/** plan (read), reboot or reset (once), restarted (condition: it has booted once more and is up). */
export function restartVm(connection: Connection): OperationDefinition<RestartInput, RestartState, VmInfo> {
  return restart(connection, ({ options }) => options)
}

/** The same for any input with a `ref`, from which the options follow. */
export function restart<Input extends { readonly ref: VmRef }>(
  connection: Connection,
  optionsOf: (input: Sealed<Input>) => RestartOptions,
): OperationDefinition<Input, RestartState, VmInfo> {
  return {
    steps: [
      {
        name: 'plan',
        repeat: 'read',
        async begin({ input, signal }): Promise<Begun<RestartState>> {
          const vm = await lookAt(connection, refOf(input), signal)
          assertUnlocked(vm, connection.endpoint)
          const { mode } = optionsOf(input)
          if (!['UP', 'BOOTING', 'QUIESCING'].includes(vm.state)) {
            throw wrongState(vm, 'only a running VM can be restarted; start it', connection.endpoint, 'not-running')
          }
          if (mode === 'graceful' && vm.guest.tools === 'none') throw cannotBeAsked(vm, connection.endpoint)
          if (mode === 'graceful' && vm.state !== 'UP') {
            throw wrongState(vm, "its guest cannot be asked now; wait, or use mode 'hard'", connection.endpoint)
          }
          return { done: true, state: pinned(vm) }
        },
      },
      reboot(connection, optionsOf),
      condition(
        connection,
        'restarted',
        () => 1,
        (vm, { input, state, now }) => {
          if (vm.state === 'UP' && vm.boots > (state.boots ?? 0)) return { done: true }
          const { mode, graceMs } = optionsOf(input)
          if (mode === 'hard' || now() - (state.askedAt ?? now()) <= graceMs) return 'waiting'
          throw guestTimeout(vm, 'restart', graceMs, connection.endpoint)
        },
      ),
    ],
    result: ({ state, signal }) => infoOf(connection, state, signal),
  }
}

function reboot<Input>(
  connection: Connection,
  optionsOf: (input: Sealed<Input>) => RestartOptions,
): Step<Input, RestartState> {
  return {
    name: 'reboot',
    repeat: 'once',
    async begin({ input, state, signal, now }): Promise<Begun<RestartState>> {
      if (optionsOf(input).mode === 'hard') {
        return accepted(connection, await connection.call('vm.reset', targetOf(state), signal))
      }
      await connection.call('vm.reboot', targetOf(state), signal)
      return { done: true, state: { askedAt: now() } }
    },
    poll: ({ state }, task) => pollTask(connection, task, state.id),
    async find({ state, signal, begunAt }): Promise<Found<RestartState>> {
      const vm = await readVm(connection, targetOf(state), signal)
      if (!vm) return { found: 'foreign', reason: 'the VM is gone' }
      // A graceful request that the guest has not obeyed yet leaves no trace: sent again, it is the same request.
      return vm.boots > (state.boots ?? 0) || vm.state === 'BOOTING'
        ? { found: 'mine', state: { askedAt: begunAt } }
        : { found: 'absent' }
    },
    findCanBeWrong: 'Somebody else restarted the VM in between: it counts as our restart, and ours is not sent.',
  }
}

/** What every operation on a VM remembers of it. */
export function pinned(vm: NativeVm): VmState {
  return { id: vm.id, generation: vm.generation, boots: vm.boots, settled: false }
}

export async function infoOf(connection: Connection, state: Partial<VmState>, signal: AbortSignal): Promise<VmInfo> {
  const vm = await connection.call('vm.read', targetOf(state), signal)
  return mapInfo(vm, connection.endpoint, connection.client.now())
}

export function cannotBeAsked(vm: NativeVm, endpoint: string): HypervisorError {
  const remedy = "neither agent nor ACPI can ask its guest; use mode 'hard', or install the guest tools"
  return wrongState(vm, remedy, endpoint, 'no-guest-tools')
}

export function guestTimeout(vm: NativeVm, what: string, graceMs: number, endpoint: string): HypervisorError {
  const message = `the guest of VM '${vm.id}' did not ${what} within ${graceMs} ms; it still runs: give it more time, or use a hard mode`
  return new HypervisorError('TIMEOUT', message, {
    endpoint,
    resource: vm.id,
    outcome: 'failed',
    retryable: false,
    details: { timeoutMs: graceMs },
  })
}

function notReached(vm: NativeVm, what: string, endpoint: string): HypervisorError {
  return new HypervisorError('CONFLICT', `VM '${vm.id}' ${what} and is ${vm.state} now: somebody else changed it`, {
    endpoint,
    resource: vm.id,
    outcome: 'failed',
    details: { reason: 'stale' },
  })
}
