import type { DeleteReport, Found, OperationDefinition, OperationInputs, Step } from '@dcm/core'
import { type Appliance, isRefusal, orAbsent, pollMs, pollTask } from './appliance.js'
import { wrongState } from './power.js'

type DeleteInput = OperationInputs['deleteVm']
type DeleteState = {
  /** Nothing is there to remove. */
  readonly absent: boolean
  readonly running: boolean
}
type DeleteStep = Step<DeleteInput, DeleteState>

/** plan, cut (safe, with force), remove (once). An absent VM is a success without a write. */
export function deleteVm(appliance: Appliance): OperationDefinition<DeleteInput, DeleteState, DeleteReport> {
  const poll: DeleteStep['poll'] = ({ signal }, task) => pollTask(appliance, task, signal)
  const plan: DeleteStep = {
    name: 'plan',
    repeat: 'read',
    async begin({ input, signal }) {
      const vm = await orAbsent(appliance.vm(input.ref.id, signal), 'no-such-vm')
      if (!vm) return { done: true, state: { absent: true } }
      const running = vm.state === 'on' || vm.state === 'booting'
      if (running && !input.options.force) throw wrongState(vm, ['off', 'broken'], appliance.endpoint)
      return { done: true, state: { absent: false, running } }
    },
  }
  const cut: DeleteStep = {
    name: 'cut',
    repeat: 'safe',
    times: ({ state }) => (state.running ? 1 : 0),
    async begin({ input, signal }) {
      return { ...(await appliance.power(input.ref.id, 'cut', signal)), retryAfterMs: pollMs }
    },
    poll,
  }
  const remove: DeleteStep = {
    name: 'remove',
    repeat: 'once',
    times: ({ state }) => (state.absent ? 0 : 1),
    async begin({ input, signal }) {
      try {
        return { ...(await appliance.removeVm(input.ref.id, signal)), retryAfterMs: pollMs }
      } catch (reason) {
        if (isRefusal(reason, 'no-such-vm')) return { done: true }
        throw reason
      }
    },
    poll,
    async find({ input, signal }): Promise<Found<DeleteState>> {
      const vm = await orAbsent(appliance.vm(input.ref.id, signal), 'no-such-vm')
      if (!vm) return { found: 'mine' }
      return vm.state === 'removing' ? { found: 'undecided', retryAfterMs: pollMs } : { found: 'absent' }
    },
    findCanBeWrong: 'Somebody else removed the VM in between: it counts as our removal. The VM is as gone either way.',
  }
  return {
    steps: [plan, cut, remove],
    result: async ({ input, state }) => ({ removed: state.absent ? [] : [input.ref.id], left: [] }),
  }
}
