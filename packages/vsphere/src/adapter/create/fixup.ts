import { HypervisorError, type Step } from '@dcm/core'
import { isFault } from '../../client/error.js'
import { readVm } from '../locate.js'
import type { Platform } from '../platform.js'
import { vmOf } from '../power/power-state.js'
import { busyVm, isBusy, pollTask, started } from '../task-step.js'
import { missingOf } from './config.js'
import { claimOf } from './draft.js'
import { collided } from './holder.js'
import { annotationFor, checkDeployed } from './item.js'
import type { CreateInput, CreateState } from './state.js'

/** Reads the VM back, and reconfigures what the clone left out. */
export function fixupStep(platform: Platform): Step<CreateInput, CreateState> {
  return {
    name: 'fixup',
    repeat: 'safe',
    times: ({ state }) => (state.finished === true ? 0 : 1),
    async begin(context) {
      const { state, signal } = context
      const row = await readVm(platform, vmOf(state).value, signal)
      if (row === undefined) throw new HypervisorError('NOT_FOUND', `the new VM ${state.vm} was removed meanwhile`)
      // Another run has helped it to its end: from now on it is its owner's.
      if (claimOf(context, row)?.draft === undefined) return collided
      if (state.item !== undefined) await checkDeployed(platform, context, row)
      const missing = await missingOf(context, row, await annotationFor(platform, context, row))
      if (missing === undefined) return { done: true }
      const changeVersion = row['config.changeVersion']
      const spec = { ...(changeVersion !== undefined && { changeVersion }), ...missing }
      try {
        return started(await platform.api.call(row.ref, 'ReconfigVM_Task', { spec }, { signal }))
      } catch (error) {
        if (isBusy(error)) return busyVm
        throw error
      }
    },
    poll: (context, task) =>
      pollTask<CreateState>(platform, context, task, {
        vm: context.state.vm,
        failed: (error) => (isFault(error, 'ConcurrentAccess') ? { goTo: 'fixup' } : undefined),
      }),
  }
}
