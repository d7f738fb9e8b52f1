import type { Found } from '@dcm/core'
import type { PebbleVm } from '../client/types.js'
import { type Appliance, isRefusal, orAbsent, pollMs, pollTask } from './appliance.js'
import type { CreateContext, CreateStep } from './create-vm.js'
import { readNotes } from './map-notes.js'

/**
 * Takes a creation back: cut the power, remove. Undoing is long work too, so it is made of steps. Each looks again
 * whether the VM is really ours: removing somebody else's is the one thing that can never be mended.
 */
export function undoCreate(appliance: Appliance): readonly CreateStep[] {
  async function ours({ state, signal }: CreateContext): Promise<PebbleVm | undefined> {
    const vm = state.vmId && (await orAbsent(appliance.vm(state.vmId, signal), 'no-such-vm'))
    return vm && readNotes(vm.notes).stamp?.attempt === state.attempt ? vm : undefined
  }
  const poll: CreateStep['poll'] = ({ signal }, task) => pollTask(appliance, task, signal)
  return [
    {
      name: 'cut',
      repeat: 'safe',
      poll,
      async begin(context) {
        const vm = await ours(context)
        if (vm?.state === 'building') return { busy: 'the appliance still builds it', retryAfterMs: pollMs }
        if (!vm || !['booting', 'on'].includes(vm.state)) return { done: true }
        return { ...(await appliance.power(vm.id, 'cut', context.signal)), retryAfterMs: pollMs }
      },
    },
    {
      name: 'remove',
      repeat: 'once',
      poll,
      async begin(context) {
        const vm = await ours(context)
        if (!vm) return { done: true }
        try {
          return { ...(await appliance.removeVm(vm.id, context.signal)), retryAfterMs: pollMs }
        } catch (reason) {
          // It came up after we had looked.
          if (isRefusal(reason, 'wrong-state')) return { goTo: 'cut' }
          throw reason
        }
      },
      async find(context): Promise<Found<never>> {
        const vm = await ours(context)
        if (!vm) return { found: 'mine' }
        return vm.state === 'removing' ? { found: 'undecided', retryAfterMs: pollMs } : { found: 'absent' }
      },
      findCanBeWrong: 'Somebody wiped our notes off the VM: it is then taken for gone, and stays until a person looks.',
    },
  ]
}
