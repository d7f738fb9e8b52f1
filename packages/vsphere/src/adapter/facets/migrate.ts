import type { AdapterFacetOf } from '@dcm/core'
import { reference } from '../../client/reference.js'
import type { DetailRow } from '../map-vm.js'
import type { Platform } from '../platform.js'
import { vmOf } from '../power/power-state.js'
import { readPlanned } from './planned-vm.js'
import { resolvePlace, type Target } from './resolve-place.js'
import { infoResult, vmTask } from './vm-task.js'

/** RelocateVM_Task: host, storage, or both. */
export function migrateFacet(platform: Platform): AdapterFacetOf<'migrate'> {
  return {
    migrate: vmTask(platform, {
      async plan(row, input, signal) {
        const target = await resolvePlace(platform, row, input, (field) => field, signal)
        return { ...target, settled: isThere(row, target) }
      },
      async send({ state, signal }) {
        const { host, pool, datastore } = state
        if (isThere(await readPlanned(platform, state, signal), state)) return undefined
        const spec = {
          ...(datastore !== undefined && { datastore: reference('Datastore', datastore) }),
          ...(pool !== undefined && { pool: reference('ResourcePool', pool) }),
          ...(host !== undefined && { host: reference('HostSystem', host) }),
        }
        return platform.api.call(vmOf(state), 'RelocateVM_Task', { spec }, { signal })
      },
      lost: {
        task: 'VirtualMachine.relocate',
        canBeWrong: 'somebody else moves the VM at the same time: his task is waited for, and ours is not sent',
      },
      result: infoResult(platform),
    }),
  }
}

function isThere(row: DetailRow, { host, datastore }: Readonly<Partial<Target>>): boolean {
  const stores = row.datastore?.map(({ value }) => value) ?? []
  const storesFit = datastore === undefined || (stores.length === 1 && stores[0] === datastore)
  return storesFit && (host === undefined || row['runtime.host']?.value === host)
}
