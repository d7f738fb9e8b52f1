import type { GuestConfig, Vm } from '../cluster/cluster.js'
import { disksOf, drivesOf } from '../cluster/drives.js'
import { isAgentEnabled, isTemplate, memoryMib, requireUnlocked, requireVm } from '../cluster/guest-config.js'
import { findVolume, free } from '../cluster/volumes.js'
import { failure } from '../http/platform-error.js'
import { readPropertyString } from '../schema/property-string.js'
import type { TaskWorker } from '../tasks/worker.js'
import type { World } from '../world.js'

const BOOT_MS = 1_500

/** The whole of a start, with the checks that the platform makes only here. The configuration lock must be held. */
export async function startLocked(world: World, worker: TaskWorker, node: string, vmid: number): Promise<void> {
  const vm = requireVm(world.cluster, node, vmid)
  const isSaved = vm.config.get('lock') === 'suspended'
  if (isTemplate(vm)) throw failure("you can't start a vm if it's a template")
  if (!isSaved) requireUnlocked(vm)
  if (vm.running !== undefined) throw failure(`VM ${vmid} already running`)
  await bringUp(world, worker, vm)
  if (isSaved) forgetSavedState(world, vm)
}

/** Starts a guest whose configuration the caller already holds. */
export async function bringUp(world: World, worker: TaskWorker, vm: Vm): Promise<void> {
  applyPending(vm)
  requireHardware(world, vm)
  if (drivesOf(vm.config).some((drive) => drive.isCloudInit)) worker.log('generating cloud-init ISO')
  await worker.pause(BOOT_MS)
  vm.running = {
    pid: worker.pid + 17,
    startedAt: world.clock.now(),
    qmpStatus: 'running',
  }
  vm.guest.boots += 1
  vm.guest.processes.clear()
}

function requireHardware(world: World, vm: Vm): void {
  const node = world.cluster.nodes.get(vm.node)
  if (node === undefined) throw failure(`no such node '${vm.node}'`)
  for (const [key, value] of vm.config) {
    if (!/^net\d+$/.test(key)) continue
    const bridge = readPropertyString(String(value), 'model').get('bridge')
    const exists = node.bridges.some((known) => known.name === bridge)
    if (bridge !== undefined && !exists && !world.switches.lenientBridges) {
      throw failure(`bridge '${bridge}' does not exist`)
    }
  }
  for (const drive of drivesOf(vm.config)) {
    if (drive.file.includes(':') && findVolume(world.cluster, vm.node, drive.file) === undefined) {
      throw failure(`volume '${drive.file}' does not exist`)
    }
  }
  if (memoryMib(vm.config) * 1024 * 1024 > node.memoryBytes) {
    throw failure("start failed: QEMU exited with code 1: cannot set up guest memory 'pc.ram': Cannot allocate memory")
  }
}

/** What is left when a guest has stopped: nothing runs, and changes that waited take effect. */
export function markStopped(vm: Vm): void {
  vm.running = undefined
  applyPending(vm)
}

/** Changes that waited for the guest to stop. Disks that were taken out then become unused. */
export function applyPending(vm: Vm): void {
  for (const [key, value] of vm.pending) {
    if (value === undefined) vm.config.delete(key)
    else vm.config.set(key, value)
  }
  vm.pending.clear()
}

function forgetSavedState(world: World, vm: Vm): void {
  const volume = vm.config.get('vmstate')
  vm.config.delete('lock')
  vm.config.delete('vmstate')
  vm.config.delete('runningmachine')
  if (volume !== undefined) free(world.cluster, vm.node, String(volume))
}

/** Does the guest's agent answer now? */
export function agentAnswers(world: World, vm: Vm): boolean {
  if (vm.running === undefined || vm.guest.agentSilent || !isAgentEnabled(vm.config)) return false
  if (vm.running.qmpStatus !== 'running') return false
  if (vm.guest.agentForced) return true
  return vm.guest.hasAgent && world.clock.now() - vm.running.startedAt >= world.timing.agentBootMs
}

/** Does anything in the guest react to the power button? */
export function obeysPowerButton(vm: Vm): boolean {
  return vm.guest.hasSystem && !vm.guest.ignoresShutdown && vm.config.get('acpi') !== 0
}

export function usesLocalDisks(world: World, config: GuestConfig): string[] {
  return disksOf(config)
    .map((drive) => drive.file)
    .filter((file) => world.cluster.storages.get(file.slice(0, file.indexOf(':')))?.shared === false)
}
