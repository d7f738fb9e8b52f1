import { HypervisorError, type OperationDefinition, type OperationInputs, type VmInfo } from '@dcm/core'
import { readLive } from '../locate.js'
import type { MappedState } from '../map-power-state.js'
import type { Platform } from '../platform.js'
import { type StartRoad, type StartState, startSteps } from './start-steps.js'
import { assertUnlocked, pinned, resultOf, stateOf } from './vm-state.js'

type Input = OperationInputs['startVm']

/** Starts a stopped VM, resumes a paused, sleeping or saved one, leaves a running one alone. */
export function startVm(platform: Platform): OperationDefinition<Input, StartState, VmInfo> {
  return {
    steps: [
      {
        name: 'plan',
        repeat: 'read',
        async begin(context) {
          const live = await readLive(platform, context.input.ref, context.signal)
          const state = stateOf(live.status, live.config.lock)
          assertUnlocked(state, live.place.vmid)
          return { done: true, state: { ...pinned(live), road: roadOf(state, live.place.vmid) } }
        },
      },
      ...startSteps<Input, StartState>(platform, { road: ({ state }) => state.road ?? 'start' }),
    ],
    result: (context) => resultOf(platform, context),
  }
}

function roadOf(state: MappedState, vmid: number): StartRoad {
  switch (state.powerState) {
    case 'running':
      return 'none'
    case 'paused':
      return 'resume'
    case 'suspended':
      return state.rawState.startsWith('running') ? 'resume' : 'start'
    case 'stopped':
    case 'unknown':
      return 'start'
    case 'transitioning':
      if (state.transition === 'starting') return 'wait'
      throw new HypervisorError('CONFLICT', `VM ${vmid} is changing its state (${state.rawState}): try again later`, {
        retryable: true,
        resource: String(vmid),
      })
    case 'error':
      throw new HypervisorError(
        'FAILED_PRECONDITION',
        `VM ${vmid} is in error (${state.rawState}): stop it with mode 'hard', then start it`,
        { resource: String(vmid), details: { reason: 'guest-error' } },
      )
  }
}
