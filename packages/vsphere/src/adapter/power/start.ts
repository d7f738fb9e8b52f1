import type { OperationDefinition, OperationInputs, Step, StepContext, VmInfo } from '@dcm/core'
import { requireVm } from '../locate.js'
import type { Platform } from '../platform.js'
import { isAlready, pollTask, started } from '../task-step.js'
import { assertReachable, pinned, pulseOf, resultOf, type VmState, vmOf } from './power-state.js'

/** Powers a VM on, or resumes a suspended one. */
export function startVm(platform: Platform): OperationDefinition<OperationInputs['startVm'], VmState, VmInfo> {
  return {
    steps: [
      {
        name: 'plan',
        repeat: 'read',
        async begin({ input, signal }) {
          const row = await requireVm(platform, input.ref, signal)
          if (row['runtime.powerState'] !== 'poweredOn') assertReachable(row)
          return { done: true, state: pinned(row) }
        },
      },
      startStep(platform, () => true),
    ],
    result: ({ state, signal }) => resultOf(platform, state, signal),
  }
}

/** PowerOnVM_Task. A VM that runs already succeeds; a question that holds the start up is told. */
export function startStep<Input, State extends VmState>(
  platform: Platform,
  wanted: (context: StepContext<Input, State>) => boolean,
): Step<Input, State> {
  return {
    name: 'start',
    repeat: 'safe',
    times: (context) => (wanted(context) ? 1 : 0),
    async begin({ state, signal }) {
      const known: Readonly<Partial<VmState>> = state
      if ((await pulseOf(platform, known)).powerState === 'poweredOn') return { done: true }
      try {
        return started(await platform.api.call(vmOf(known), 'PowerOnVM_Task', {}, { signal }))
      } catch (error) {
        if (isAlready(error, 'poweredOn')) return { done: true }
        throw error
      }
    },
    poll: (context, task) =>
      pollTask(platform, context, task, {
        vm: context.state.vm,
        failed: (error) => (isAlready(error, 'poweredOn') ? { done: true } : undefined),
      }),
    undo: [haltStep(platform, () => true)],
  }
}

/** PowerOffVM_Task: pulls the plug. A stopped VM succeeds. */
export function haltStep<Input, State extends VmState>(
  platform: Platform,
  wanted: (context: StepContext<Input, State>) => boolean,
): Step<Input, State> {
  return {
    name: 'halt',
    repeat: 'safe',
    times: (context) => (wanted(context) ? 1 : 0),
    async begin({ state, signal }) {
      const known: Readonly<Partial<VmState>> = state
      if (known.vm === undefined) return { done: true }
      const pulse = await platform.tasks.pulse(known.vm)
      if (pulse === undefined || pulse.powerState === 'poweredOff') return { done: true }
      try {
        return started(await platform.api.call(vmOf(known), 'PowerOffVM_Task', undefined, { signal }))
      } catch (error) {
        if (isAlready(error, 'poweredOff')) return { done: true }
        throw error
      }
    },
    poll: (context, task) =>
      pollTask(platform, context, task, {
        vm: context.state.vm,
        failed: (error) => (isAlready(error, 'poweredOff') ? { done: true } : undefined),
      }),
  }
}
