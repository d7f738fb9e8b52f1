import type { ManagedObjectReference } from '../../client/reference.js'
import type { DeviceChange } from '../create/devices.js'
import type { DetailRow } from '../map-vm.js'
import type { Platform } from '../platform.js'

/** ReconfigVM_Task with these changes, if the VM is still as it was read: else ConcurrentAccess. */
export function changeDevice(
  platform: Platform,
  row: DetailRow,
  deviceChange: readonly DeviceChange[],
  signal: AbortSignal,
): Promise<ManagedObjectReference> {
  const changeVersion = row['config.changeVersion']
  const spec = { ...(changeVersion !== undefined && { changeVersion }), deviceChange: [...deviceChange] }
  return platform.api.call(row.ref, 'ReconfigVM_Task', { spec }, { signal })
}
