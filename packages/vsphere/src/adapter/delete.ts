import type { DeleteReport, OperationDefinition, OperationInputs } from '@dcm/core'
import { assertKeepable, type DeleteState, destroyBareStep, detachStep } from './keep-disks.js'
import { findVm, isMeant } from './locate.js'
import { filesOf } from './map-vm.js'
import type { Platform } from './platform.js'
import { assertReachable, pinned, refused } from './power/power-state.js'
import { haltStep } from './power/start.js'
import { foldersOf, isLost, unregisterStep } from './unregister.js'

type Input = OperationInputs['deleteVm']

/** So many names of files or folders stand in the handle. */
const mostFiles = 12

const stopIt = 'stop it first, or delete it with force'

/**
 * Removes a VM, and its disks unless they are kept: then they are taken out of it first. A VM that is not there is success; a
 * template is refused. One whose files or registration are lost is only taken out of the inventory.
 */
export function deleteVm(platform: Platform): OperationDefinition<Input, DeleteState, DeleteReport> {
  return {
    steps: [
      {
        name: 'plan',
        repeat: 'read',
        async begin({ input, signal }) {
          const { ref, options } = input
          const row = await findVm(platform, ref, signal)
          if (row === undefined) return { done: true, state: { absent: true } }
          if (!isMeant(row, ref)) {
            throw refused(
              row,
              'is another one by now, with the id of the one that was meant: list the VMs',
              'incarnation',
            )
          }
          if (row['config.template'] === true) {
            throw refused(
              row,
              'is a template, which deleteVm leaves alone: turn to the native client for it',
              'template',
            )
          }
          const lost = isLost(row)
          if (!lost) assertReachable(row)
          const keep = options.disks === 'keep'
          if (keep && !lost) assertKeepable(row)
          // Disks are taken out of a VM that is off; one that is saved on disk is not.
          const power = row['runtime.powerState']
          const running = power === 'poweredOn' || (keep && !lost && power !== 'poweredOff')
          if (running && !options.force) {
            throw refused(row, `is ${power === 'suspended' ? 'suspended' : 'running'}: ${stopIt}`, 'running')
          }
          if (lost) {
            const folders = await foldersOf(platform, row, signal)
            return { done: true, state: { ...pinned(row), lost, files: folders.slice(0, mostFiles) } }
          }
          const files = filesOf(row)
          return { done: true, state: { ...pinned(row), running, files: keep ? files : files.slice(0, mostFiles) } }
        },
      },
      haltStep<Input, DeleteState>(platform, ({ state }) => state.running === true),
      unregisterStep(platform),
      detachStep(platform),
      destroyBareStep(platform),
    ],
    async result({ input, state: { absent, lost, id = '', files = [] } }) {
      if (absent === true) return { removed: [], left: [] }
      return lost === true || input.options.disks === 'keep'
        ? { removed: [id], left: files }
        : { removed: [id, ...files], left: [] }
    },
  }
}
