import { HypervisorError, type OperationInputs, type Step, type StepContext } from '@dcm/core'
import { isFault } from '../client/error.js'
import { type DeviceChange, inputOf } from './create/devices.js'
import { isOutdated } from './create/draft.js'
import { destroyStep } from './destroy.js'
import { changeDevice } from './facets/change-device.js'
import { type DetailRow, filesOf, isDisk } from './map-vm.js'
import type { Platform } from './platform.js'
import { readAgain, refused, type VmState } from './power/power-state.js'
import { pollTask, started } from './task-step.js'

type Input = OperationInputs['deleteVm']

export type DeleteState = VmState & {
  absent: boolean
  /** It can only be taken out of the inventory. */
  lost: boolean
  running: boolean
  files: string[]
}

/** So many names of kept disks fit into a handle. */
const mostKept = 24

/** FAILED_PRECONDITION where the disks would not be whole without the VM. */
export function assertKeepable(row: DetailRow): void {
  assertNoSnapshots(row)
  const count = filesOf(row).length
  if (count <= mostKept) return
  throw refused(row, `has ${count} disks, of which ${mostKept} are kept in one deletion: detach the others`, 'disks')
}

function assertNoSnapshots(row: DetailRow): void {
  if (row['snapshot.currentSnapshot'] === undefined) return
  const why = 'has snapshots, whose files its disks are made of and which go with it: delete the snapshots first'
  throw refused(row, why, 'snapshots')
}

function wanted({ input, state }: StepContext<Input, DeleteState>): boolean {
  return input.options.disks === 'keep' && isThere(state)
}

function isThere({ absent, lost }: Readonly<Partial<DeleteState>>): boolean {
  return absent !== true && lost !== true
}

/**
 * ReconfigVM_Task: takes every disk out of the VM, without `fileOperation`, so that the files stay. Repeated until the VM was
 * seen without a disk; files that somebody added meanwhile are kept and told as well.
 */
export function detachStep(platform: Platform): Step<Input, DeleteState> {
  return {
    name: 'detach',
    repeat: 'safe',
    times: (context) => (wanted(context) ? 1 : 0),
    async begin({ state, signal }) {
      const row = await readAgain(platform, state, signal)
      if (row === undefined) throw goneWithDisks(state)
      assertNoSnapshots(row)
      const disks = (row['config.hardware.device'] ?? []).filter(isDisk)
      if (disks.length === 0) return { done: true }
      const changes = disks.map((disk): DeviceChange => {
        return { _type: 'VirtualDeviceConfigSpec', operation: 'remove', device: inputOf(disk) }
      })
      const files = [...new Set([...(state.files ?? []), ...filesOf(row)])]
      try {
        return { ...started(await changeDevice(platform, row, changes, signal)), state: { files } }
      } catch (error) {
        if (isOutdated(error)) return again
        throw error
      }
    },
    // Only a look at the VM tells that it has no disk any more.
    poll: async (context, task) => {
      const polled = await pollTask<DeleteState>(platform, context, task, {
        failed: (error) => {
          if (isOutdated(error)) return again
          return isFault(error, 'InvalidPowerState') && context.input.options.force ? { goTo: 'halt' } : undefined
        },
      })
      return 'done' in polled ? again : polled
    },
  }
}

const again = { goTo: 'detach' }

/** Destroy_Task; where disks are kept, for a VM that was seen without any right before. */
export function destroyBareStep(platform: Platform): Step<Input, DeleteState> {
  const destroy = destroyStep<Input, DeleteState>(platform, ({ state }) => isThere(state))
  return {
    ...destroy,
    async begin(context) {
      if (!wanted(context)) return destroy.begin(context)
      const row = await readAgain(platform, context.state, context.signal)
      if (row === undefined) return { done: true }
      if (filesOf(row).length > 0) return again
      assertNoSnapshots(row)
      return destroy.begin(context)
    },
  }
}

/** Another one removed the VM before its disks were out of it. */
function goneWithDisks({ id = '', files = [] }: Readonly<Partial<DeleteState>>): HypervisorError {
  const message = `VM ${id} was removed by somebody else before its disks were out of it: look whether ${files.join(', ')} are left`
  return new HypervisorError('FAILED_PRECONDITION', message, { resource: id, details: { reason: 'removed-meanwhile' } })
}
