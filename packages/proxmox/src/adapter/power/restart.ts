import {
  HypervisorError,
  type OperationDefinition,
  type OperationInputs,
  type RestartOptions,
  type Step,
  type VmInfo,
} from '@dcm/core'
import { findTasks } from '../find-task.js'
import { type LiveVm, readLive } from '../locate.js'
import { agentEnabled } from '../map-vm-info.js'
import type { Platform } from '../platform.js'
import { afterCall, type LockState, lookAtTask, retryAfterLock, waitForLock } from '../task-step.js'
import { runningTask } from './shutdown-step.js'
import { isRunning } from './start-steps.js'
import {
  assertSameLife,
  assertUnlocked,
  notInTime,
  pinned,
  placeOf,
  readStatusAnywhere,
  resultOf,
  stateOf,
  type VmState,
} from './vm-state.js'

type Input = OperationInputs['restartVm']
type RestartState = VmState & LockState & { road: 'reboot' | 'reset' }

const restartedMs = 120_000

/** Restarts a running VM: asks the guest and applies pending changes, or resets it like the button does. */
export function restartVm(platform: Platform): OperationDefinition<Input, RestartState, VmInfo> {
  return {
    steps: [
      {
        name: 'plan',
        repeat: 'read',
        async begin({ input, signal }) {
          const live = await readLive(platform, input.ref, signal)
          return { done: true, state: { ...pinned(live), road: roadOf(live, input.options) } }
        },
      },
      rebootStep(platform),
      resetStep(platform),
      {
        name: 'restarted',
        repeat: 'read',
        begin: () => Promise.resolve({ task: null, retryAfterMs: 0 }),
        async poll({ state, signal, now, begunAt }) {
          const { status, moved } = await readStatusAnywhere(platform, state, signal)
          const anew = state.road === 'reset' || state.pid === undefined || status.pid !== state.pid
          if (isRunning(status) && anew) return { done: true, ...(moved && { state: moved }) }
          const waited = now() - begunAt
          if (waited > restartedMs) {
            const message = `VM ${state.vmid} went down for its restart and is ${stateOf(status).rawState} after ${restartedMs} ms: start it, or see the log of its node`
            throw notInTime(message, restartedMs, 'unknown')
          }
          return { running: true, retryAfterMs: waited < 5000 ? 500 : 2000, ...(moved && { state: moved }) }
        },
      },
    ],
    result: (context) => resultOf(platform, context),
  }
}

/** POST status/reboot: its task ends when the guest is down; the node's daemon starts the VM again right after. */
function rebootStep(platform: Platform): Step<Input, RestartState> {
  return {
    name: 'reboot',
    repeat: 'once',
    times: ({ state }) => (state.road === 'reboot' ? 1 : 0),
    async begin(context) {
      const waiting = waitForLock(context.state, context.now())
      if (waiting) return waiting
      const { status, moved } = await readStatusAnywhere(platform, context.state, context.signal)
      assertSameLife(context.state, status)
      const timeout = Math.max(1, Math.ceil(context.input.options.graceMs / 1000))
      const answer = await platform.api.request(
        'POST /nodes/{node}/qemu/{vmid}/status/reboot',
        { ...placeOf(context.state), ...moved, timeout },
        context,
      )
      return afterCall<RestartState>(answer, moved)
    },
    async poll(context, task) {
      const look = await lookAtTask(platform, task, context.signal)
      if (look.verdict === 'running') return { running: true, retryAfterMs: 500 }
      if (look.verdict === 'lost') return { vanished: true }
      if (look.verdict === 'succeeded') return { done: true, warnings: look.warnings }
      if (look.error.kind === 'timeout') {
        const { graceMs } = context.input.options
        const message = `the guest of VM ${context.state.vmid} did not go down within ${graceMs} ms and still runs: give it more graceMs, or restart it with mode 'hard'`
        throw notInTime(message, graceMs, 'failed')
      }
      const again = retryAfterLock('reboot', look.error, context.state, context.now())
      if (again) return again
      throw look.error
    },
    findCanBeWrong: 'a live migration gave the VM another process: it is then taken for the reboot',
    async find(context) {
      const { status, moved } = await readStatusAnywhere(platform, context.state, context.signal)
      const state = moved && { state: moved }
      const { pid } = context.state
      if (status.pid !== undefined && pid !== undefined && status.pid !== pid) return { found: 'mine', ...state }
      const task = await runningTask(platform, context, ['qmreboot'], moved?.node)
      if (task !== undefined) return { found: 'running', task, ...state }
      // Down between its two lives: the next step waits for the second.
      return status.status === 'stopped' ? { found: 'mine', ...state } : { found: 'absent' }
    },
  }
}

/** POST status/reset: the process stays, so only the task tells that it took place. */
function resetStep(platform: Platform): Step<Input, RestartState> {
  return {
    name: 'reset',
    repeat: 'once',
    times: ({ state }) => (state.road === 'reset' ? 1 : 0),
    async begin(context) {
      const waiting = waitForLock(context.state, context.now())
      if (waiting) return waiting
      const { status, moved } = await readStatusAnywhere(platform, context.state, context.signal)
      assertSameLife(context.state, status)
      const place = { ...placeOf(context.state), ...moved }
      const answer = await platform.api.request('POST /nodes/{node}/qemu/{vmid}/status/reset', place, context)
      return afterCall<RestartState>(answer, moved)
    },
    async poll(context, task) {
      const look = await lookAtTask(platform, task, context.signal)
      if (look.verdict === 'running') return { running: true, retryAfterMs: 500 }
      if (look.verdict === 'lost') return { vanished: true }
      if (look.verdict === 'succeeded') return { done: true, warnings: look.warnings }
      const again = retryAfterLock('reset', look.error, context.state, context.now())
      if (again) return again
      throw look.error
    },
    findCanBeWrong: 'somebody else reset the VM in the same minutes: his task is taken for ours',
    async find(context) {
      const place = placeOf(context.state)
      const query = { ...place, types: ['qmreset'], sinceMs: context.begunAt }
      const [task] = await findTasks(platform.api, query, context.signal)
      if (task === undefined) {
        const reason = 'the node shows no task of it, and neither process nor uptime tell a reset'
        return { found: 'unknowable', reason }
      }
      return { found: 'running', task: task.upid }
    },
  }
}

function roadOf(live: LiveVm, options: Required<RestartOptions>): RestartState['road'] {
  const { vmid } = live.place
  const state = stateOf(live.status, live.config.lock)
  assertUnlocked(state, vmid)
  if (state.powerState !== 'running') {
    throw refused(vmid, `is ${state.powerState} (${state.rawState}), and only a running VM can be restarted: start it`)
  }
  if (options.mode === 'hard') return 'reset'
  if (agentEnabled(live.config) || live.config.acpi !== false) return 'reboot'
  throw refused(vmid, "has neither a guest agent nor ACPI, so nothing can ask its guest: restart it with mode 'hard'")
}

function refused(vmid: number, why: string): HypervisorError {
  return new HypervisorError('FAILED_PRECONDITION', `VM ${vmid} ${why}`, { resource: String(vmid) })
}
