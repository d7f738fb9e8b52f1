import {
  HypervisorError,
  type OperationDefinition,
  type OperationInputs,
  type StopOptions,
  type VmInfo,
} from '@dcm/core'
import { type LiveVm, readLive } from '../locate.js'
import { agentEnabled } from '../map-vm-info.js'
import type { Platform } from '../platform.js'
import { afterCall, lookAtTask } from '../task-step.js'
import { type StopRoad, type StopState, shutdownStep } from './shutdown-step.js'
import { hardStopStep, stoppedStep } from './stop-steps.js'
import { assertUnlocked, pinned, placeOf, readStatusAnywhere, resultOf, stateOf } from './vm-state.js'

type Input = OperationInputs['stopVm']

/** Asks the guest to stop, or pulls the plug, or first one and then the other. */
export function stopVm(platform: Platform): OperationDefinition<Input, StopState, VmInfo> {
  return {
    steps: [
      {
        name: 'plan',
        repeat: 'read',
        async begin({ input, signal }) {
          const live = await readLive(platform, input.ref, signal)
          const road = roadOf(live, input.options)
          const { pid: _before, ...saved } = pinned(live)
          // Waking a saved VM starts a new life of it, which is the one to stop.
          return { done: true, state: { ...(road === 'wake' ? saved : pinned(live)), road } }
        },
      },
      shutdownStep(platform),
      {
        // The API has no way to throw a saved state away but to start from it.
        name: 'wake',
        repeat: 'safe',
        times: ({ state }) => (state.road === 'wake' ? 1 : 0),
        async begin({ state, signal }) {
          const { status } = await readStatusAnywhere(platform, state, signal)
          if (status.status === 'running' || stateOf(status).powerState !== 'suspended') return { done: true }
          const place = placeOf(state)
          return afterCall(await platform.api.request('POST /nodes/{node}/qemu/{vmid}/status/start', place, { signal }))
        },
        async poll({ signal }, task) {
          const look = await lookAtTask(platform, task, signal)
          if (look.verdict === 'running') return { running: true, retryAfterMs: 500 }
          if (look.verdict === 'failed' && !/already running/.test(look.error.message)) throw look.error
          return look.verdict === 'lost' ? { vanished: true } : { done: true }
        },
      },
      hardStopStep<Input, StopState>(platform, {
        wanted: ({ state }) => state.road === 'pull' || state.road === 'wake' || state.escalate === true,
      }),
      stoppedStep<Input, StopState>(platform, {
        wanted: ({ state }) => state.road !== 'none',
        // HA-managed: the shutdown task only hands the wish over, so the guest's time runs here.
        graceMs: ({ state, input }) => (state.road === 'ask' && state.ha === true ? input.options.graceMs : 0),
        late: ({ state, input }) =>
          input.options.mode === 'graceful-then-hard' && state.road === 'ask' && state.escalate !== true
            ? { goTo: 'stop', state: { escalate: true } }
            : undefined,
      }),
    ],
    result: (context) => resultOf(platform, context),
  }
}

function roadOf(live: LiveVm, options: Required<StopOptions>): StopRoad {
  const { vmid } = live.place
  const state = stateOf(live.status, live.config.lock)
  assertUnlocked(state, vmid)
  const onDisk = live.status.status === 'stopped'
  switch (state.powerState) {
    case 'stopped':
      return 'none'
    case 'suspended':
      if (!options.discardSavedState)
        throw refused(
          vmid,
          'is suspended: stopping it throws its saved state away; say so with discardSavedState, or start it first',
          'suspended',
        )
      return onDisk ? 'wake' : 'pull'
    case 'transitioning':
      throw new HypervisorError('CONFLICT', `VM ${vmid} is changing its state (${state.rawState}): try again later`, {
        retryable: true,
        resource: String(vmid),
      })
    case 'paused':
    case 'error':
      if (options.mode === 'graceful')
        throw refused(
          vmid,
          `cannot hear a request to stop while it is ${state.rawState}: start it first, or stop it with mode 'hard'`,
          'cannot-ask',
        )
      return 'pull'
    case 'running':
    case 'unknown':
      if (options.mode === 'hard') return 'pull'
      if (agentEnabled(live.config) || live.config.acpi !== false) return 'ask'
      if (options.mode === 'graceful-then-hard') return 'pull'
      throw refused(
        vmid,
        "has neither a guest agent nor ACPI, so nothing can ask its guest to stop: stop it with mode 'hard'",
        'cannot-ask',
      )
  }
}

function refused(vmid: number, why: string, reason: string): HypervisorError {
  return new HypervisorError('FAILED_PRECONDITION', `VM ${vmid} ${why}`, {
    resource: String(vmid),
    details: { reason },
  })
}
