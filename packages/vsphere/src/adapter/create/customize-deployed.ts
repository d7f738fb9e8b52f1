import type { Step } from '@dcm/core'
import { isFault } from '../../client/error.js'
import { readVm } from '../locate.js'
import type { Platform } from '../platform.js'
import { vmOf } from '../power/power-state.js'
import { pollTask, started } from '../task-step.js'
import { customizationOf } from './customize.js'
import type { CreateInput, CreateState } from './state.js'

/** CustomizeVM_Task: a clone is told it as it is made, a deployed VM afterwards; the guest obeys at its first start. */
export function customizeStep(platform: Platform): Step<CreateInput, CreateState> {
  return {
    name: 'customize',
    repeat: 'safe',
    times: ({ state }) => (state.item === undefined || state.finished === true ? 0 : 1),
    async begin(context) {
      const { state, signal } = context
      const row = await readVm(platform, vmOf(state).value, signal)
      if (row?.['runtime.powerState'] !== 'poweredOff') return { done: true }
      const spec = await customizationOf(context, row)
      if (spec === undefined) return { done: true }
      try {
        return started(await platform.api.call(row.ref, 'CustomizeVM_Task', { spec }, { signal }))
      } catch (error) {
        if (isPending(error)) return { done: true }
        throw error
      }
    },
    poll: (context, task) =>
      pollTask<CreateState>(platform, context, task, {
        vm: context.state.vm,
        failed: (error) => (isPending(error) ? { done: true } : undefined),
      }),
  }
}

/** It was told before, and waits for the start. */
function isPending(error: unknown): boolean {
  return isFault(error, 'CustomizationPending')
}
