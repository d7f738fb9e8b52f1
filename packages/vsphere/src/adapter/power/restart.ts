import type { OperationDefinition, OperationInputs, Step, VmInfo } from '@dcm/core'
import { requireVm } from '../locate.js'
import type { Platform } from '../platform.js'
import { newTaskOf, recentTasks } from '../recent-tasks.js'
import { pollTask, started, stillRunning } from '../task-step.js'
import { assertReachable, notInTime, pinned, pulseOf, refused, resultOf, type VmState, vmOf } from './power-state.js'

type Input = OperationInputs['restartVm']
type RestartState = VmState & {
  road: 'reboot' | 'reset'
  /** Tasks that the VM had before: a new one of our kind is ours. */
  before: string[]
  /** VMware Tools were seen to go down, as they do on the way through a reboot. */
  wentDown: boolean
}

/** Restarts a running VM: asks the guest, or resets it like the button does. */
export function restartVm(platform: Platform): OperationDefinition<Input, RestartState, VmInfo> {
  return {
    steps: [
      {
        name: 'plan',
        repeat: 'read',
        async begin({ input, signal }) {
          const row = await requireVm(platform, input.ref, signal)
          if (row['runtime.powerState'] !== 'poweredOn') {
            throw refused(row, 'does not run, and only a running VM can be restarted: start it', 'not-running')
          }
          assertReachable(row)
          const road = input.options.mode === 'hard' ? 'reset' : 'reboot'
          if (road === 'reboot' && row['guest.toolsRunningStatus'] !== 'guestToolsRunning') {
            throw refused(
              row,
              "has no VMware Tools running, so nothing can ask its guest: restart it with mode 'hard'",
              'cannot-ask',
            )
          }
          const before = await recentTasks(platform, row.ref.value, signal)
          return { done: true, state: { ...pinned(row), road, before } }
        },
      },
      rebootStep(platform),
      resetStep(platform),
    ],
    result: ({ state, signal }) => resultOf(platform, state, signal),
  }
}

/** RebootGuest has no task and keeps the power state: a new boot time, or Tools going and coming back, tell that it took place. */
function rebootStep(platform: Platform): Step<Input, RestartState> {
  return {
    name: 'reboot',
    repeat: 'once',
    times: ({ state }) => (state.road === 'reboot' ? 1 : 0),
    async begin({ state, signal }) {
      await platform.api.call(vmOf(state), 'RebootGuest', undefined, { signal })
      return { task: null, retryAfterMs: 100 }
    },
    async poll(context) {
      const { graceMs } = context.input.options
      const pulse = await pulseOf(platform, context.state)
      const back = pulse.powerState === 'poweredOn' && pulse.toolsRunning
      if (back && (context.state.wentDown === true || pulse.bootTime !== context.state.bootTime)) return { done: true }
      const waited = context.now() - context.begunAt
      if (waited < graceMs) return { ...stillRunning(context), ...(!back && { state: { wentDown: true } }) }
      // The request was taken: a guest that came back between two looks cannot be told from one that ignores it.
      if (back) return { done: true, warnings: ['the guest took the request, but was not seen to go down'] }
      throw notInTime(
        `the guest of VM ${context.state.id} did not come back within ${graceMs} ms: give it more graceMs, or restart it with mode 'hard'`,
        graceMs,
      )
    },
    findCanBeWrong: 'the guest went down and came back before anybody looked: it is asked once more',
    async find({ state }) {
      const pulse = await pulseOf(platform, state)
      if (pulse.bootTime !== state.bootTime) return { found: 'mine' }
      const onItsWay = !pulse.toolsRunning || pulse.guestState === 'resetting'
      return onItsWay ? { found: 'running', task: null, state: { wentDown: true } } : { found: 'absent' }
    },
  }
}

/** ResetVM_Task. */
function resetStep(platform: Platform): Step<Input, RestartState> {
  return {
    name: 'reset',
    repeat: 'once',
    times: ({ state }) => (state.road === 'reset' ? 1 : 0),
    async begin({ state, signal }) {
      return started(await platform.api.call(vmOf(state), 'ResetVM_Task', undefined, { signal }))
    },
    poll: (context, task) => pollTask(platform, context, task, { vm: context.state.vm }),
    findCanBeWrong: 'somebody else reset the VM after our plan: his task is taken for ours',
    async find({ state, signal }) {
      const mine = await newTaskOf(platform, vmOf(state).value, 'VirtualMachine.reset', state.before, signal)
      return mine === undefined ? { found: 'absent' } : { found: 'running', task: mine }
    },
  }
}
