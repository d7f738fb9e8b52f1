import type { OperationDefinition, OperationInputs, Step, StopOptions, VmInfo } from '@dcm/core'
import { isFault } from '../../client/error.js'
import { requireVm } from '../locate.js'
import type { DetailRow } from '../map-vm.js'
import type { Platform } from '../platform.js'
import { isAlready, stillRunning } from '../task-step.js'
import { assertReachable, notInTime, pinned, pulseOf, refused, resultOf, type VmState, vmOf } from './power-state.js'
import { haltStep } from './start.js'

type Input = OperationInputs['stopVm']
type Road = 'none' | 'ask' | 'pull'
type StopState = VmState & { road: Road; escalate: boolean }

/** Asks the guest to stop, or pulls the plug, or first one and then the other. */
export function stopVm(platform: Platform): OperationDefinition<Input, StopState, VmInfo> {
  return {
    steps: [
      {
        name: 'plan',
        repeat: 'read',
        async begin({ input, signal }) {
          const row = await requireVm(platform, input.ref, signal)
          return { done: true, state: { ...pinned(row), road: roadOf(row, input.options) } }
        },
      },
      shutdownStep(platform),
      haltStep<Input, StopState>(platform, ({ state }) => state.road === 'pull' || state.escalate === true),
    ],
    result: ({ state, signal }) => resultOf(platform, state, signal),
  }
}

function roadOf(row: DetailRow, options: Required<StopOptions>): Road {
  if (row['runtime.powerState'] === 'poweredOff') return 'none'
  assertReachable(row)
  if (row['runtime.powerState'] === 'suspended') {
    if (options.discardSavedState) return 'pull'
    throw refused(
      row,
      'is suspended: stopping it throws its saved state away; say so with discardSavedState, or start it first',
      'suspended',
    )
  }
  if (options.mode === 'hard') return 'pull'
  if (row['guest.toolsRunningStatus'] === 'guestToolsRunning') return 'ask'
  if (options.mode === 'graceful-then-hard') return 'pull'
  throw refused(
    row,
    "has no VMware Tools running, so nothing can ask its guest to stop: stop it with mode 'hard'",
    'cannot-ask',
  )
}

/** ShutdownGuest has no task: the power state tells that the guest obeyed. */
function shutdownStep(platform: Platform): Step<Input, StopState> {
  return {
    name: 'shutdown',
    repeat: 'once',
    times: ({ state }) => (state.road === 'ask' ? 1 : 0),
    async begin(context) {
      const { state, signal } = context
      try {
        await platform.api.call(vmOf(state), 'ShutdownGuest', undefined, { signal })
      } catch (error) {
        if (isAlready(error, 'poweredOff')) return { done: true }
        if (isFault(error, 'ToolsUnavailable') && context.input.options.mode === 'graceful-then-hard') return escalate
        throw error
      }
      return { task: null, retryAfterMs: 100 }
    },
    async poll(context) {
      const { mode, graceMs } = context.input.options
      if ((await pulseOf(platform, context.state)).powerState === 'poweredOff') return { done: true }
      const waited = context.now() - context.begunAt
      if (waited < graceMs) return { ...stillRunning(context), fraction: Math.min(0.99, waited / graceMs) }
      if (mode === 'graceful-then-hard') return escalate
      const message = `the guest of VM ${context.state.id} did not stop within ${graceMs} ms and still runs: give it more graceMs, or stop it with mode 'graceful-then-hard' or 'hard'`
      throw notInTime(message, graceMs)
    },
    findCanBeWrong: 'somebody started the VM anew within one tick of the clock of its boot time: it is asked once more',
    async find({ state }) {
      const pulse = await pulseOf(platform, state)
      if (pulse.powerState === 'poweredOff') return { found: 'mine' }
      if (pulse.bootTime !== state.bootTime) {
        return {
          found: 'foreign',
          reason: `VM ${state.id} was started anew by somebody meanwhile; look at it and ask again`,
        }
      }
      return pulse.guestState === 'shuttingDown' ? { found: 'running', task: null } : { found: 'absent' }
    },
  }
}

const escalate = { goTo: 'halt', state: { escalate: true } }
