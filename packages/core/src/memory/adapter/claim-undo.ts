import type { Step, StepContext } from '../../operations/step.js'
import type { NativeVm } from '../platform/native-types.js'
import type { ClaimState } from './claim.js'
import { type Connection, isRefusal } from './connection.js'
import { attemptKey, readyKey, removedKey } from './map-vm.js'
import { accepted, pollTask, readVm } from './steps.js'

/**
 * Takes a creation back: say so, pull the plug, remove. Only the VM that this very attempt made is touched, and not when
 * another run of the key has finished it: that one's caller has it by now.
 */
export function undoCreate<Input>(connection: Connection): readonly Step<Input, ClaimState>[] {
  const ours = async ({ state, signal }: StepContext<Input, ClaimState>): Promise<NativeVm | undefined> => {
    if (state.vmId === undefined) return undefined
    const vm = await readVm(connection, { id: state.vmId }, signal)
    return vm?.metadata[attemptKey] === state.attempt && vm?.metadata[readyKey] === undefined ? vm : undefined
  }
  const busy = (vm: NativeVm) => ({
    busy: `what still works on VM '${vm.id}' (${vm.lock})`,
    retryAfterMs: connection.client.pollMs(),
  })

  return [
    {
      name: 'power-off',
      repeat: 'safe',
      async begin(context) {
        const vm = await ours(context)
        if (!vm || ['FAULT', 'REMOVING'].includes(vm.state)) return { done: true }
        if (vm.lock === 'build' || vm.lock === 'disk') return busy(vm)
        const target = { id: vm.id, generation: vm.generation }
        try {
          const change = { metadata: { [removedKey]: 'yes' } }
          await connection.call('vm.change', { ...target, change, unless: readyKey }, context.signal)
          if (['HALTED', 'HIBERNATED'].includes(vm.state)) return { done: true }
          return accepted(connection, await connection.call('vm.halt', target, context.signal))
        } catch (reason) {
          if (isRefusal(reason, 'WRONG_STATE', 'NO_SUCH_VM', 'REPLACED', 'MARKED')) return { done: true }
          if (isRefusal(reason, 'LOCKED')) return busy(vm)
          throw reason
        }
      },
      poll: ({ state }, task) => pollTask(connection, task, state.vmId),
    },
    {
      name: 'remove',
      repeat: 'once',
      async begin(context) {
        const vm = await ours(context)
        if (!vm) return { done: true }
        if (vm.lock === 'build' || vm.lock === 'disk') return busy(vm)
        try {
          const args = { id: vm.id, generation: vm.generation, keepDisks: false }
          return accepted(connection, await connection.call('vm.remove', args, context.signal))
        } catch (reason) {
          if (isRefusal(reason, 'NO_SUCH_VM', 'REPLACED')) return { done: true }
          // It came up after we had looked.
          if (isRefusal(reason, 'WRONG_STATE')) return { goTo: 'power-off' }
          throw reason
        }
      },
      poll: ({ state }, task) => pollTask(connection, task, state.vmId),
      async find(context) {
        const vm = await ours(context)
        if (!vm) return { found: 'mine' }
        if (vm.lock === 'remove') return { found: 'running', task: vm.task ?? null }
        return { found: 'absent' }
      },
      findCanBeWrong:
        'Somebody wiped our metadata off the VM: it is then taken for gone and stays, running up its disks until a person looks.',
    },
  ]
}
