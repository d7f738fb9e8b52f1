import type { OperationInputs } from '../../adapter.js'
import type { VmInfo } from '../../model/vm.js'
import type { Begun, Found, OperationDefinition, Polled, Step } from '../../operations/step.js'
import type { NativeVm } from '../platform/native-types.js'
import type { Connection } from './connection.js'
import { isRefusal } from './connection.js'
import { cannotBeAsked, guestTimeout, infoOf, pinned } from './power.js'
import { readVm } from './steps.js'
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

type StopInput = OperationInputs['stopVm']

interface StopState extends VmState {
  /** Is the guest asked? Otherwise the plug is pulled at once. */
  readonly ask: boolean
  /** When the guest was asked, endpoint's clock. */
  readonly askedAt: number
}

/**
 * plan (read), shutdown (once, where the guest is asked), stopped (condition, until the grace is over: a failure, or on
 * to the plug), halt (safe), halted (condition). A stopped VM is done without a write.
 */
export function stopVm(connection: Connection): OperationDefinition<StopInput, StopState, VmInfo> {
  const asking: NonNullable<Step<StopInput, StopState>['times']> = ({ state }) => (!state.settled && state.ask ? 1 : 0)
  const pulling: NonNullable<Step<StopInput, StopState>['times']> = ({ input, state }) =>
    !state.settled && (input.options.mode !== 'graceful' || state.ask === false) ? 1 : 0
  return {
    steps: [
      {
        name: 'plan',
        repeat: 'read',
        async begin({ input, signal }): Promise<Begun<StopState>> {
          return { done: true, state: plan(await lookAt(connection, input.ref, signal), input, connection.endpoint) }
        },
      },
      shutdown(connection, asking),
      condition(connection, 'stopped', asking, (vm, { input, state, now }) =>
        graceOver(vm, input, state, now(), connection.endpoint),
      ),
      powerStep(connection, 'halt', 'vm.halt', pulling),
      condition(connection, 'halted', pulling, (vm, { state }) => {
        if (vm.state === 'HALTED') return { done: true }
        // It was stopped, as asked; who started it again meant that.
        return startedSince(vm, state) ? { done: true, warnings: ['somebody started the VM again'] } : 'waiting'
      }),
    ],
    result: ({ state, signal }) => infoOf(connection, state, signal),
  }
}

function plan(vm: NativeVm, { options }: StopInput, endpoint: string): Partial<StopState> {
  const state = pinned(vm)
  if (vm.state === 'HALTED') return { ...state, settled: true }
  assertUnlocked(vm, endpoint)
  if (vm.state === 'HIBERNATED') {
    if (options.discardSavedState) return { ...state, ask: false }
    throw wrongState(
      vm,
      'stopping it throws its saved memory away; say so with discardSavedState',
      endpoint,
      'saved-state',
    )
  }
  if (options.mode === 'hard') return { ...state, ask: false }
  const canBeAsked = vm.guest.tools !== 'none' && ['UP', 'QUIESCING'].includes(vm.state)
  if (canBeAsked) return { ...state, ask: true }
  if (options.mode === 'graceful-then-hard') return { ...state, ask: false }
  if (vm.guest.tools === 'none') throw cannotBeAsked(vm, endpoint)
  throw wrongState(vm, "its guest cannot be asked now; use mode 'hard', or start it first", endpoint)
}

function graceOver(
  vm: NativeVm,
  { options }: StopInput,
  state: Readonly<Partial<StopState>>,
  now: number,
  endpoint: string,
): Polled<StopState> | 'waiting' {
  if (vm.state === 'HALTED') return { done: true, state: { settled: true } }
  if (now - (state.askedAt ?? now) <= options.graceMs) return 'waiting'
  if (options.mode === 'graceful-then-hard') return { goTo: 'halt' }
  throw guestTimeout(vm, 'stop', options.graceMs, endpoint)
}

function shutdown(
  connection: Connection,
  times: NonNullable<Step<StopInput, StopState>['times']>,
): Step<StopInput, StopState> {
  return {
    name: 'shutdown',
    repeat: 'once',
    times,
    async begin({ state, signal, now }): Promise<Begun<StopState>> {
      try {
        await connection.call('vm.shutdown', targetOf(state), signal)
      } catch (reason) {
        // It stopped by itself since we looked.
        if (!isRefusal(reason, 'WRONG_STATE')) throw reason
      }
      return { done: true, state: { askedAt: now() } }
    },
    async find({ state, signal, begunAt }): Promise<Found<StopState>> {
      const vm = await readVm(connection, targetOf(state), signal)
      if (!vm) return { found: 'foreign', reason: 'the VM is gone' }
      if (vm.boots > (state.boots ?? 0)) return { found: 'foreign', reason: 'the VM was started anew since' }
      if (vm.state === 'HALTED' || vm.state === 'QUIESCING') return { found: 'mine', state: { askedAt: begunAt } }
      return { found: 'absent' }
    },
    findCanBeWrong:
      'A guest that was asked and has not begun to obey looks as if it had not been asked: asked twice, it stops once.',
  }
}
