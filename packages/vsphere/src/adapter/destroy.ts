import type { Step } from '@dcm/core'
import { isFault } from '../client/error.js'
import type { DetailRow } from './map-vm.js'
import type { Platform } from './platform.js'
import { readAgain, type VmState, vmOf } from './power/power-state.js'
import { pollTask, started } from './task-step.js'

/**
 * Destroy_Task, after the VM at our reference was read again and has our id: the write itself has no precondition, and this look,
 * right before it, is the guard. `check` throws where the VM has become what must not be removed.
 */
export function destroyStep<AnyInput, State extends VmState>(
  platform: Platform,
  wanted: (context: { readonly state: Readonly<Partial<State>> }) => boolean,
  check?: (row: DetailRow) => void,
): Step<AnyInput, State> {
  return {
    name: 'destroy',
    repeat: 'safe',
    times: (context) => (wanted(context) ? 1 : 0),
    async begin({ state, signal }) {
      const known: Readonly<Partial<VmState>> = state
      const row = known.vm === undefined ? undefined : await readAgain(platform, known, signal)
      if (row === undefined) return { done: true }
      check?.(row)
      try {
        return started(await platform.api.call(vmOf(known), 'Destroy_Task', undefined, { signal }))
      } catch (error) {
        if (isFault(error, 'ManagedObjectNotFound')) return { done: true }
        throw error
      }
    },
    poll: (context, task) =>
      pollTask(platform, context, task, {
        failed: (error) => (isFault(error, 'ManagedObjectNotFound') ? { done: true } : undefined),
      }),
  }
}
