import type { LoopbackReply } from '@dcm/wire/loopback'
import { disksOf, networkOfBacking, sizeOf } from '../machines/devices.js'
import { configOf, type Machine } from '../machines/machine.js'
import type { World } from '../world/world.js'
import { foundItem } from './found.js'
import type { RestCall } from './rest-call.js'
import { jsonReply, notFound, RestFault } from './rest-reply.js'

/** Answers below `/api/vcenter/vm-template`; undefined for what the simulator does not have. */
export function answerTemplateItem(world: World, { method, path }: RestCall): LoopbackReply | undefined {
  const [kind, id, ...further] = path
  if (kind !== 'library-items' || id === undefined || further.length > 0 || method !== 'GET') return undefined
  const { template } = foundItem(world, id)
  if (template === undefined) throw notFound('VM template', id)
  if (world.lookUp(template.ref) === undefined)
    throw new RestFault(500, 'RESOURCE_INACCESSIBLE', `The VM of the item ${id} is not there any more.`)
  return jsonReply(200, describe(world, template))
}

function describe(world: World, template: Machine): object {
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
        return [
          [
            card.key,
            {
              backing_type: isDistributed ? 'DISTRIBUTED_PORTGROUP' : 'STANDARD_PORTGROUP',
              mac_type: card.addressType?.toUpperCase(),
              network: network?.value,
            },
          ],
        ]
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
