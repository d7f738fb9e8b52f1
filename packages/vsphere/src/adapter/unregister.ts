import type { OperationInputs, Step } from '@dcm/core'
import { isFault } from '../client/error.js'
import { reference } from '../client/reference.js'
import type { DeleteState } from './keep-disks.js'
import { mapPowerState } from './map-power-state.js'
import type { DetailRow } from './map-vm.js'
import type { Platform } from './platform.js'
import { readAgain, refused, stateWords, vmOf } from './power/power-state.js'

/**
 * Is the VM itself lost: orphaned, inaccessible or invalid? Nothing can be done to it but to take it out of the inventory. A host
 * that is away is another matter: its VMs come back with it.
 */
export function isLost(row: DetailRow): boolean {
  return mapPowerState(stateWords(row)).powerState === 'error'
}

/** Folders of the files of a VM, as far as the vCenter still tells: `[store-1] web-01`. */
export async function foldersOf(platform: Platform, { ref }: DetailRow, signal: AbortSignal): Promise<string[]> {
  const paths = ['layoutEx', 'summary.config.vmPathName'] as const
  const rows = platform.api.readMany([reference('VirtualMachine', ref.value)], 'VirtualMachine', paths, { signal })
  const folders = new Set<string>()
  for await (const { layoutEx, 'summary.config.vmPathName': configuration } of rows) {
    const files = [configuration, ...(layoutEx?.file ?? []).map(({ name }) => name)]
    for (const file of files) if (file !== undefined && file !== '') folders.add(folderOf(file))
  }
  return [...folders]
}

/** Of `[store-1] web-01/web-01.vmx`; a file at the top of its datastore stands for itself. */
function folderOf(file: string): string {
  const end = file.lastIndexOf('/')
  return end < 0 ? file : file.slice(0, end)
}

/** UnregisterVM, for a VM that is lost: its files stay where they are. */
export function unregisterStep(platform: Platform): Step<OperationInputs['deleteVm'], DeleteState> {
  return {
    name: 'unregister',
    repeat: 'safe',
    times: ({ state }) => (state.lost === true ? 1 : 0),
    async begin({ state, signal }) {
      const row = await readAgain(platform, state, signal)
      if (row === undefined) return { done: true }
      if (!isLost(row)) throw refused(row, 'can be reached again by now: delete it once more', 'reachable')
      try {
        await platform.api.call(vmOf(state), 'UnregisterVM', undefined, { signal })
      } catch (error) {
        if (!isFault(error, 'ManagedObjectNotFound')) throw error
      }
      return { done: true }
    },
  }
}
