import type { AdapterFacetOf } from '@dcm/core'
import type { Platform } from '../platform.js'
import { refused, vmOf } from '../power/power-state.js'
import { infoResult, vmTask } from './vm-task.js'

/** ResetVM_Task: the button. */
export function resetFacet(platform: Platform): AdapterFacetOf<'reset'> {
  return {
    reset: vmTask(platform, {
      async plan(row) {
        if (row['runtime.powerState'] === 'poweredOn') return {}
        throw refused(row, 'does not run, and only a running VM can be reset: start it', 'not-running')
      },
      send: ({ state, signal }) => platform.api.call(vmOf(state), 'ResetVM_Task', undefined, { signal }),
      lost: {
        task: 'VirtualMachine.reset',
        canBeWrong: 'somebody else reset the VM after our plan: his task is taken for ours',
      },
      result: infoResult(platform),
    }),
  }
}
