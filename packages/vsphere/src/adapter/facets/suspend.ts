import { type AdapterFacetOf, HypervisorError } from '@dcm/core'
import type { Platform } from '../platform.js'
import { pulseOf, refused, vmOf } from '../power/power-state.js'
import { isAlready } from '../task-step.js'
import { infoResult, vmTask } from './vm-task.js'

/** SuspendVM_Task, which saves the memory on disk; nothing here stands still in memory. */
export function suspendFacet(platform: Platform): AdapterFacetOf<'suspend'> {
  return {
    suspend: vmTask(platform, {
      async plan(row, { to }) {
        if (to === 'memory') {
          throw new HypervisorError('UNSUPPORTED', "a VM can be suspended to 'disk' only", {
            details: { feature: 'suspend', reason: "to: 'memory'" },
          })
        }
        const state = row['runtime.powerState']
        if (state === 'suspended') return { settled: true }
        if (state === 'poweredOn') return {}
        throw refused(row, 'does not run, and only a running VM can be suspended: start it', 'not-running')
      },
      async send({ state, signal }) {
        if ((await pulseOf(platform, state)).powerState === 'suspended') return undefined
        return platform.api.call(vmOf(state), 'SuspendVM_Task', undefined, { signal })
      },
      lost: {
        task: 'VirtualMachine.suspend',
        canBeWrong: 'somebody else suspends the VM at the same time: his task is taken for ours, and is as good',
      },
      failed: (error) => (isAlready(error, 'suspended') ? { done: true } : undefined),
      result: infoResult(platform),
    }),
  }
}
