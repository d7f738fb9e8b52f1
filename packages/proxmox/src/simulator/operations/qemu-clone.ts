import type { GuestConfig, Vm } from '../cluster/cluster.js'
import { isUnusedKey, printDrive } from '../cluster/drives.js'
import { createGuest } from '../cluster/guest.js'
import { newIdentity, newMacAddress } from '../cluster/guest-config.js'
import { printSize } from '../cluster/sizes.js'
import { free } from '../cluster/volumes.js'
import { failure, PlatformError } from '../http/platform-error.js'
import { readPropertyString } from '../schema/property-string.js'
import { type TaskWorker, withCleanUp } from '../tasks/worker.js'
import { type CloneDrive, type ClonePlan, planClone } from './clone-plan.js'
import {
  type Answer,
  type Call,
  fork,
  lockConfig,
  type Operation,
  requireQuorum,
  shareConfigLock,
} from './operation.js'
import { newVm } from './qemu-create.js'
import { allocateLogged, relativeBase, transfer } from './volume-work.js'

const CLONE_PATIENCE_SECONDS = 1

/**
 * Clones in a task. The source's lock file is shared while it is stopped and held alone while it runs, the new id's is held
 * alone; either is waited for one second only.
 */
function clone(call: Call): Answer {
  const { world } = call
  requireQuorum(world)
  const { source, newid } = planClone(call)
  const lockSource = source.running === undefined ? shareConfigLock : lockAlone
  return fork(call, 'qmclone', String(source.vmid), (worker) =>
    lockSource(world, source.vmid, CLONE_PATIENCE_SECONDS, () =>
      lockConfig(world, newid, () => cloneUnderLocks(call, worker), CLONE_PATIENCE_SECONDS),
    ),
  )
}

const lockAlone: typeof shareConfigLock = (world, vmid, patience, work) => lockConfig(world, vmid, work, patience)

async function cloneUnderLocks(call: Call, worker: TaskWorker): Promise<void> {
  const { world, node } = call
  const plan = planClone(call)
  const { source, newid } = plan
  const taken = world.cluster.vms.get(newid)
  if (taken !== undefined) {
    throw failure(`unable to create VM ${newid} - VM ${newid} already exists on node '${taken.node}'`)
  }
  const temporary: GuestConfig = new Map([
    ['description', 'qmclone temporary file'],
    ['lock', 'clone'],
  ])
  const vm = newVm(newid, node, temporary, call.parameters.optionalText('pool'))
  world.cluster.vms.set(newid, vm)
  const created: string[] = []
  try {
    await withCleanUp(
      () => copy(call, worker, plan, vm, created),
      () => {
        if (world.switches.leaveVolumes > 0) world.switches.leaveVolumes -= 1
        else for (const volid of created) free(world.cluster, node, volid)
        world.cluster.vms.delete(newid)
      },
    )
  } catch (error) {
    const isOwn = error instanceof PlatformError || (error instanceof Error && error.name === 'Error')
    throw isOwn ? failure(`clone failed: ${error.message}`) : error
  }
  vm.guest = { ...createGuest(source.guest), agentForced: source.guest.agentForced }
}

async function copy(call: Call, worker: TaskWorker, plan: ClonePlan, vm: Vm, created: string[]): Promise<void> {
  worker.log(`creating a clone of VM ${plan.source.vmid} with ID ${plan.newid}`)
  const config = clonedConfig(call, plan)
  for (const [index, part] of plan.drives.entries()) {
    const volid = await copyDrive(call, worker, plan, part, created)
    const options = new Map(part.drive.options)
    if (!part.drive.isCloudInit) options.set('size', printSize(part.source.sizeBytes))
    config.set(part.drive.key, printDrive(volid, options))
    // Only now does the new file hold anything of the caller's: name and description come with the first disk.
    if (index === 0) replace(vm.config, config)
  }
  if (plan.drives.length === 0) await worker.pause(200)
  config.delete('lock')
  replace(vm.config, config)
  if (plan.targetNode !== call.node) await worker.pause(200)
  vm.node = plan.targetNode
}

function replace(config: GuestConfig, next: GuestConfig): void {
  config.clear()
  for (const [key, value] of next) config.set(key, value)
}

async function copyDrive(
  call: Call,
  worker: TaskWorker,
  plan: ClonePlan,
  part: CloneDrive,
  created: string[],
): Promise<string> {
  const { drive, source, storage, isLinked } = part
  worker.log(`create ${isLinked ? 'linked' : 'full'} clone of drive ${drive.key} (${drive.file})`)
  if (isLinked) {
    const base = source.volid.slice(source.volid.indexOf(':') + 1)
    const name = `vm-${plan.newid}-disk-0.${source.format}`
    if (storage.path !== undefined) {
      worker.log(`clone ${base}: images, ${name}, ${plan.newid} to ${name} (base=${relativeBase(source)})`)
    }
  }
  const volume = await allocateLogged(call.world, worker, {
    storage,
    node: call.node,
    vmid: plan.newid,
    sizeBytes: source.sizeBytes,
    format: isLinked ? source.format : (call.parameters.optionalText('format') ?? source.format),
    ctime: call.world.clock.seconds(),
    purpose: drive.isCloudInit ? 'cloudinit' : 'disk',
    ...(isLinked ? { parent: source } : {}),
  })
  created.push(volume.volid)
  if (!isLinked && !drive.isCloudInit) {
    worker.log(`allocated target volume '${volume.volid}'`)
    await transfer(worker, source.sizeBytes)
  }
  return volume.volid
}

const notCopied = new Set(['lock', 'template', 'parent', 'vmstate', 'snaptime', 'runningmachine', 'runningcpu'])

/** Tags, cloud-init, protection and the like are copied; addresses and identities are new; disks come one by one. */
function clonedConfig(call: Call, plan: ClonePlan): GuestConfig {
  const { parameters } = call
  const config: GuestConfig = new Map()
  const copied = new Set(plan.drives.map((part) => part.drive.key))
  for (const [key, value] of plan.config) {
    if (notCopied.has(key) || isUnusedKey(key) || copied.has(key)) continue
    config.set(key, /^net\d+$/.test(key) ? withNewAddress(String(value)) : value)
  }
  const identity = newIdentity()
  config.set('smbios1', withNewUuid(String(config.get('smbios1') ?? ''), identity.smbios1))
  if (config.has('vmgenid')) config.set('vmgenid', identity.vmgenid)
  const original = String(plan.config.get('name') ?? `VM${plan.source.vmid}`)
  config.set('name', parameters.optionalText('name') ?? `Copy-of-VM-${original}`)
  const description = parameters.optionalText('description')
  if (description !== undefined) config.set('description', description)
  config.set('lock', 'clone')
  return config
}

function withNewUuid(smbios: string, fresh: string): string {
  const rest = smbios.split(',').filter((part) => part !== '' && !part.startsWith('uuid='))
  return [fresh, ...rest].join(',')
}

function withNewAddress(network: string): string {
  const options = [...readPropertyString(network, 'model')]
  const [model, ...rest] = options
  if (model === undefined) return network
  return [`${model[0]}=${newMacAddress()}`, ...rest.map(([key, value]) => `${key}=${value}`)].join(',')
}

export const qemuCloneOperations: readonly Operation[] = [{ key: 'POST /nodes/{node}/qemu/{vmid}/clone', run: clone }]
