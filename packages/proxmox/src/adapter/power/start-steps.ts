import type { HypervisorError, Step, StepContext } from '@dcm/core'
import { ProxmoxError } from '../../client/error.js'
import type { Platform, VmStatus } from '../platform.js'
import { afterCall, type LockState, lookAtTask, retryAfterLock, stopTask, waitForLock } from '../task-step.js'
import { notInTime, placeOf, readStatusAnywhere, stateOf, type VmState } from './vm-state.js'

/** How a VM is brought to run. */
export type StartRoad = 'none' | 'start' | 'resume' | 'wait'

export type StartState = VmState & LockState & { road: StartRoad }

const startedMs = 60_000
/** The HA manager looks every ten seconds, and takes several looks. */
const startedByHaMs = 300_000

/** Ends where the VM runs: QEMU itself must say so. */
export function isRunning(status: VmStatus): boolean {
  return status.status === 'running' && (status.qmpstatus === undefined || status.qmpstatus === 'running')
}

interface StartOptions<Input, State> {
  readonly road: (context: StepContext<Input, State>) => StartRoad
}

/** POST status/start, for a paused or sleeping VM POST status/resume; then the wait until QEMU runs. */
export function startSteps<Input, State extends Partial<StartState>>(
  platform: Platform,
  options: StartOptions<Input, State>,
): readonly [start: Step<Input, State>, started: Step<Input, State>] {
  // The state is read as far as these steps know it.
  const known = (context: StepContext<Input, State>) => context.state as Readonly<Partial<StartState>>
  const patch = (state: Partial<StartState>) => state as Partial<State>
  const { api } = platform

  const start: Step<Input, State> = {
    name: 'start',
    repeat: 'safe',
    weight: 1,
    times: (context) => (['start', 'resume'].includes(options.road(context)) ? 1 : 0),
    async begin(context) {
      const waiting = waitForLock(known(context), context.now())
      if (waiting) return waiting
      const { status, moved } = await readStatusAnywhere(platform, known(context), context.signal)
      if (isRunning(status)) return { goTo: 'started', ...(moved && { state: patch(moved) }) }
      const place = { ...placeOf(known(context)), ...moved }
      const awake = status.status === 'running'
      const answer = awake
        ? await api.request('POST /nodes/{node}/qemu/{vmid}/status/resume', place, context)
        : await api.request('POST /nodes/{node}/qemu/{vmid}/status/start', place, context)
      return afterCall<State>(answer, moved && patch(moved))
    },
    async poll(context, task) {
      const look = await lookAtTask(platform, task, context.signal)
      if (look.verdict === 'running') return { running: true, retryAfterMs: 500 }
      if (look.verdict === 'lost') return { vanished: true }
      if (look.verdict === 'succeeded') return { done: true, warnings: look.warnings }
      if (/already running/.test(look.error.message)) return { done: true }
      const again = retryAfterLock('start', look.error, known(context), context.now())
      if (again) return { goTo: again.goTo, state: patch(again.state) }
      throw look.error
    },
    cancel: (context, task) => stopTask(platform, task, context.signal),
  }

  const started: Step<Input, State> = {
    name: 'started',
    repeat: 'read',
    times: (context) => (options.road(context) === 'none' ? 0 : 1),
    begin: () => Promise.resolve({ task: null, retryAfterMs: 0 }),
    async poll(context) {
      const { status, moved } = await readStatusAnywhere(platform, known(context), context.signal)
      const state = moved && patch(moved)
      if (isRunning(status)) return { done: true, ...(state && { state }) }
      const waited = context.now() - context.begunAt
      const limit = known(context).ha === true ? startedByHaMs : startedMs
      if (waited > limit) throw notRunning(known(context), status, limit)
      return { running: true, retryAfterMs: waited < 5000 ? 500 : 2000, ...(state && { state }) }
    },
  }
  return [start, started]
}

function notRunning(state: Readonly<Partial<StartState>>, status: VmStatus, limit: number): HypervisorError {
  const { rawState } = stateOf(status)
  const hint =
    state.ha === true ? ' The HA manager was asked: see its state of the VM.' : ' See the start task and the console.'
  return notInTime(
    `VM ${state.vmid} was started and is not running after ${limit} ms, but ${rawState}.${hint}`,
    limit,
    'applied',
  )
}

/** Tells the texts of a begin that found the VM as wanted already. */
export function isAlready(error: unknown, text: RegExp): boolean {
  return ProxmoxError.isInstance(error) && text.test(error.message)
}
