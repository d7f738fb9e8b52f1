import type { OperationInputs, Step, StepContext } from '@dcm/core'
import { findTasks } from '../find-task.js'
import type { Platform } from '../platform.js'
import { afterCall, lookAtTask, retryAfterLock, waitForLock } from '../task-step.js'
import { type HardStopState, since8 } from './stop-steps.js'
import { assertSameLife, notInTime, placeOf, readStatusAnywhere, type VmState } from './vm-state.js'

export type StopRoad = 'none' | 'ask' | 'pull' | 'wake'
export type StopState = HardStopState & { road: StopRoad }

type Input = OperationInputs['stopVm']
type Context = StepContext<Input, StopState>

/** POST status/shutdown: the guest agent where it answers, else ACPI. Whether the guest obeys is its own decision. */
export function shutdownStep(platform: Platform): Step<Input, StopState> {
  return {
    name: 'shutdown',
    repeat: 'once',
    times: ({ state }) => (state.road === 'ask' ? 1 : 0),
    async begin(context) {
      const waiting = waitForLock(context.state, context.now())
      if (waiting) return waiting
      const { status, moved } = await readStatusAnywhere(platform, context.state, context.signal)
      if (status.status === 'stopped') return { done: true, ...(moved && { state: moved }) }
      assertSameLife(context.state, status)
      const { mode, graceMs } = context.input.options
      const timeout = Math.max(1, Math.ceil(graceMs / 1000))
      const force = mode === 'graceful-then-hard' && !(await since8(platform))
      const place = { ...placeOf(context.state), ...moved }
      const answer = await platform.api.request(
        'POST /nodes/{node}/qemu/{vmid}/status/shutdown',
        { ...place, timeout, ...(force && { forceStop: true }) },
        context,
      )
      return afterCall<StopState>(answer, moved)
    },
    async poll(context, task) {
      const { mode, graceMs } = context.input.options
      const look = await lookAtTask(platform, task, context.signal)
      if (look.verdict === 'lost') return { vanished: true }
      if (look.verdict === 'succeeded') return { done: true, warnings: look.warnings }
      if (look.verdict === 'running') {
        const waited = context.now() - context.begunAt
        if (mode === 'graceful-then-hard' && waited >= graceMs && (await since8(platform))) return escalate
        return { running: true, fraction: Math.min(0.99, waited / Math.max(1, graceMs)), retryAfterMs: 500 }
      }
      const { error } = look
      if (error.kind === 'timeout') {
        if (mode === 'graceful-then-hard') return escalate
        throw stillRuns(context)
      }
      const again = retryAfterLock('shutdown', error, context.state, context.now())
      if (again) return again
      throw error
    },
    findCanBeWrong: 'a live migration gave the VM another process: it is then taken for one that somebody restarted',
    async find(context) {
      const { status, moved } = await readStatusAnywhere(platform, context.state, context.signal)
      const state = moved && { state: moved }
      if (status.status === 'stopped') return { found: 'mine', ...state }
      const task = await runningTask(platform, context, ['qmshutdown', 'hastop'], moved?.node)
      if (task !== undefined) return { found: 'running', task, ...state }
      return otherLife(context.state, status.pid) ?? { found: 'absent' }
    },
  }
}

const escalate = { goTo: 'stop', state: { escalate: true } }

/** The task that an answer we did not get would have named. */
export async function runningTask(
  platform: Platform,
  context: { readonly state: Readonly<Partial<VmState>>; readonly begunAt: number; readonly signal: AbortSignal },
  types: readonly string[],
  node?: string,
): Promise<string | undefined> {
  const place = { ...placeOf(context.state), ...(node !== undefined && { node }) }
  const tasks = await findTasks(platform.api, { ...place, types, sinceMs: context.begunAt }, context.signal)
  return tasks.find(({ running }) => running)?.upid
}

/** Somebody restarted the VM: what was asked was asked of its earlier life. */
export function otherLife(
  state: Readonly<Partial<VmState>>,
  pid: number | undefined,
): { found: 'foreign'; reason: string } | undefined {
  if (state.pid === undefined || pid === undefined || pid === state.pid) return undefined
  return {
    found: 'foreign',
    reason: `VM ${state.vmid} was started anew by somebody meanwhile; look at it and ask again`,
  }
}

function stillRuns(context: Context): Error {
  const { graceMs } = context.input.options
  const message = `the guest of VM ${context.state.vmid} did not stop within ${graceMs} ms and still runs: give it more graceMs, or stop it with mode 'graceful-then-hard' or 'hard'`
  return notInTime(message, graceMs, 'failed')
}
