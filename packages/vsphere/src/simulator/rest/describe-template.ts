import { disksOf, networkOfBacking, sizeOf } from '../machines/devices.js'
import { configOf, type Machine } from '../machines/machine.js'
import type { World } from '../world/world.js'

/** What the service of VM templates tells of one. */
export function describeTemplate(world: World, template: Machine): object {
  const config = configOf(template)
  const { numCPU, numCoresPerSocket = 1, memoryMB, device = [] } = config.hardware
  const storage = { datastore: template.state.datastore?.[0]?.value }
  return {
    guest_OS: guestSystem(config.guestId),
    cpu: { count: numCPU, cores_per_socket: numCoresPerSocket },
    memory: { size_MiB: memoryMB },
    vm_home_storage: storage,
    disks: Object.fromEntries(
      disksOf(config).map((disk) => [disk.key, { capacity: sizeOf(disk), disk_storage: storage }]),
    ),
    nics: Object.fromEntries(
      device.flatMap((card) => {
        if (!('macAddress' in card)) return []
        const network = networkOfBacking(world, card.backing)
        const isDistributed = network?.type === 'DistributedVirtualPortgroup'
        const told = {
          backing_type: isDistributed ? 'DISTRIBUTED_PORTGROUP' : 'STANDARD_PORTGROUP',
          mac_type: card.addressType?.toUpperCase(),
          network: network?.value,
        }
        return [[card.key, told]]
      }),
    ),
    vm_template: template.ref.value,
  }
}

/** `debian12_64Guest` is `DEBIAN_12_64` here. */
function guestSystem(guestId: string): string {
  return guestId
    .replace(/Guest$/, '')
    .replace(/([a-z])(?=[A-Z0-9])|(\d)(?=[A-Z])/g, '$&_')
    .toUpperCase()
}
