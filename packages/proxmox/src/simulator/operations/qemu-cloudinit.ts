import { drivesOf } from '../cluster/drives.js'
import { requireUnlocked, requireVm } from '../cluster/guest-config.js'
import { failure } from '../http/platform-error.js'
import { type Answer, type Call, lockConfig, type Operation } from './operation.js'
import type { Row } from './resource-rows.js'

const keys = /^(?:ci(?:user|password|type|upgrade|custom)|ipconfig\d+|nameserver|searchdomain|sshkeys|name)$/

/** Values of the cloud-init image; 7.4 words its rows differently. */
function values({ world, node, parameters }: Call): Answer {
  const vm = requireVm(world.cluster, node, parameters.integer('vmid'))
  const rows: Row[] = [...vm.config]
    .filter(([key]) => keys.test(key))
    .map(([key, value]) => (world.release === '7.4' ? { key, old: value, new: value } : { key, value }))
  return { data: rows }
}

async function regenerate(call: Call): Promise<Answer> {
  const { world, node, parameters } = call
  const vm = requireVm(world.cluster, node, parameters.integer('vmid'))
  return await lockConfig(world, vm.vmid, async () => {
    requireUnlocked(vm)
    if (!drivesOf(vm.config).some((drive) => drive.isCloudInit)) throw failure('No cloudinit drive found')
    return { data: null }
  })
}

function dump({ world, node, parameters }: Call): Answer {
  const vm = requireVm(world.cluster, node, parameters.integer('vmid'))
  const type = parameters.text('type')
  const user = String(vm.config.get('ciuser') ?? 'debian')
  if (type === 'user')
    return { data: `#cloud-config\nhostname: ${String(vm.config.get('name') ?? '')}\nuser: ${user}\n` }
  if (type === 'network') return { data: 'version: 1\nconfig:\n    - type: physical\n      name: eth0\n' }
  return { data: `instance-id: ${String(vm.config.get('vmgenid') ?? vm.vmid)}\n` }
}

export const qemuCloudInitOperations: readonly Operation[] = [
  { key: 'GET /nodes/{node}/qemu/{vmid}/cloudinit', run: values },
  { key: 'PUT /nodes/{node}/qemu/{vmid}/cloudinit', run: regenerate },
  { key: 'GET /nodes/{node}/qemu/{vmid}/cloudinit/dump', run: dump },
]
