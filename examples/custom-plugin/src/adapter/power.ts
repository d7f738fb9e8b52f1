import {
  type Found,
  HypervisorError,
  type OperationDefinition,
  type OperationInputs,
  type Polled,
  type Step,
  type StepContext,
  type VmInfo,
} from '@dcm/core'
import type { PebbleVm, PowerAction } from '../client/types.js'
import { type Appliance, orAbsent, pollMs, pollTask } from './appliance.js'
import { mapInfo } from './map-vm.js'

/** What the steps of a power change keep in the handle. */
export type PowerState = {
  readonly vmId: string
  /** It is as wanted already: no step writes anything. */
  readonly settled: boolean
  /** How often it had been started when this was planned. */
  readonly boots: number
  /** When the power button was pressed, on the appliance's clock. */
  readonly askedAt: number
}

type Input<K extends 'startVm' | 'stopVm' | 'restartVm'> = OperationInputs[K]
type Times<I> = NonNullable<Step<I, PowerState>['times']>

/** plan, on (safe), up (condition). A running VM is done without a write. */
export function startVm(appliance: Appliance): OperationDefinition<Input<'startVm'>, PowerState, VmInfo> {
  type I = Input<'startVm'>
  const needed: Times<I> = ({ state }) => (state.settled ? 0 : 1)
  return define(appliance, [
    plan(appliance, (vm) => vm.state === 'on', 'off', 'booting', 'on'),
    push<I>(appliance, 'on', needed),
    until<I>(appliance, 'up', needed, (vm) => (vm.state === 'on' ? { done: true } : waiting)),
  ])
}

// #region stop
/** plan, press (safe), down (condition, until the grace is over), cut (safe), off (condition). */
export function stopVm(appliance: Appliance): OperationDefinition<Input<'stopVm'>, PowerState, VmInfo> {
  type I = Input<'stopVm'>
  const asks: Times<I> = ({ input, state }) => (state.settled || input.options.mode === 'hard' ? 0 : 1)
  const cuts: Times<I> = ({ input, state }) => (state.settled || input.options.mode === 'graceful' ? 0 : 1)
  return define(appliance, [
    plan(appliance, (vm) => vm.state === 'off', 'off', 'booting', 'on'),
    push<I>(appliance, 'press', asks),
    until<I>(appliance, 'down', asks, (vm, { input, state, now }) => {
      if (vm.state === 'off') return { done: true, state: { settled: true } }
      if (now() - (state.askedAt ?? 0) <= input.options.graceMs) return waiting
      if (input.options.mode === 'graceful-then-hard') return { done: true }
      throw guestTimeout(vm, input.options.graceMs, appliance.endpoint)
    }),
    push<I>(appliance, 'cut', cuts),
    until<I>(appliance, 'off', cuts, (vm) => (vm.state === 'off' ? { done: true } : waiting)),
  ])
}
// #endregion

/** plan, cycle (once), back (condition: it was started once more). */
export function restartVm(appliance: Appliance): OperationDefinition<Input<'restartVm'>, PowerState, VmInfo> {
  type I = Input<'restartVm'>
  return define(appliance, [
    plan(appliance, () => false, 'on'),
    cycle(appliance),
    until<I>(
      appliance,
      'back',
      () => 1,
      (vm, { input, state, now }) => {
        if (vm.state === 'on' && vm.boots > (state.boots ?? 0)) return { done: true }
        const { mode, graceMs } = input.options
        if (mode === 'hard' || now() - (state.askedAt ?? 0) <= graceMs) return waiting
        throw guestTimeout(vm, graceMs, appliance.endpoint)
      },
    ),
  ])
}

/** Restarting twice is not restarting once, so this is `once`; the count of boots tells what became of it. */
function cycle(appliance: Appliance): Step<Input<'restartVm'>, PowerState> {
  return {
    name: 'cycle',
    repeat: 'once',
    async begin({ input, now, signal }) {
      const action = input.options.mode === 'hard' ? 'cycle' : 'press-cycle'
      const { task } = await appliance.power(input.ref.id, action, signal)
      return { task, state: { askedAt: now() }, retryAfterMs: pollMs }
    },
    poll: ({ signal }, task) => pollTask(appliance, task, signal),
    async find({ input, state, begunAt, signal }): Promise<Found<PowerState>> {
      const vm = await orAbsent(appliance.vm(input.ref.id, signal), 'no-such-vm')
      if (!vm) return { found: 'foreign', reason: 'the VM is gone' }
      const hasBegun = vm.boots > (state.boots ?? 0) || vm.state === 'booting'
      return hasBegun ? { found: 'mine', state: { askedAt: begunAt } } : { found: 'absent' }
    },
    findCanBeWrong: 'Somebody else restarted the VM in between: it counts as ours, and ours is not sent.',
  }
}

/** Looks at the VM, refuses it in any other state than these, and keeps what the later steps go by. */
function plan(
  appliance: Appliance,
  isSettled: (vm: PebbleVm) => boolean,
  ...words: readonly string[]
): Step<OperationInputs['startVm'], PowerState> {
  return {
    name: 'plan',
    repeat: 'read',
    async begin({ input, signal }) {
      const vm = await appliance.vm(input.ref.id, signal)
      if (!words.includes(vm.state)) throw wrongState(vm, words, appliance.endpoint)
      return { done: true, state: { vmId: vm.id, settled: isSettled(vm), boots: vm.boots } }
    },
  }
}

/** A power change that may be sent twice: the appliance leaves a VM alone that is where it should go. */
function push<I>(appliance: Appliance, action: PowerAction, times: Times<I>): Step<I, PowerState> {
  return {
    name: action,
    repeat: 'safe',
    times,
    async begin({ state, now, signal }) {
      const { task } = await appliance.power(state.vmId ?? '', action, signal)
      return { task, state: { askedAt: now() }, retryAfterMs: pollMs }
    },
    poll: ({ signal }, task) => pollTask(appliance, task, signal),
  }
}

const waiting: Polled<PowerState> = { running: true, retryAfterMs: pollMs }

/** Waits until the VM itself is as wanted: the truth, whatever became of the task. */
function until<I>(
  appliance: Appliance,
  name: string,
  times: Times<I>,
  judge: (vm: PebbleVm, context: StepContext<I, PowerState>) => Polled<PowerState>,
): Step<I, PowerState> {
  return {
    name,
    repeat: 'read',
    times,
    begin: async () => ({ task: null, retryAfterMs: 0 }),
    poll: async (context) => judge(await appliance.vm(context.state.vmId ?? '', context.signal), context),
  }
}

function define<I>(
  appliance: Appliance,
  steps: readonly Step<I, PowerState>[],
): OperationDefinition<I, PowerState, VmInfo> {
  const { endpoint } = appliance
  return { steps, result: async ({ state, signal }) => mapInfo(await appliance.vm(state.vmId ?? '', signal), endpoint) }
}

export function wrongState({ id, state }: PebbleVm, words: readonly string[], endpoint: string): HypervisorError {
  const message = `VM '${id}' is ${state}; this needs one that is ${words.join(' or ')}`
  return new HypervisorError('FAILED_PRECONDITION', message, { endpoint, resource: id })
}

function guestTimeout({ id }: PebbleVm, timeoutMs: number, endpoint: string): HypervisorError {
  const message = `the guest of VM '${id}' did not react within ${timeoutMs} ms; give it more time, or use a hard mode`
  const details = { timeoutMs }
  return new HypervisorError('TIMEOUT', message, {
    endpoint,
    resource: id,
    outcome: 'failed',
    retryable: false,
    details,
  })
}
