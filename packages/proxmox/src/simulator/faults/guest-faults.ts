import { randomUUID } from 'node:crypto'
import type { Cluster, Vm } from '../cluster/cluster.js'
import { ownedVolumes } from '../cluster/drives.js'
import { newIdentity } from '../cluster/guest-config.js'
import { free } from '../cluster/volumes.js'
import { relocate } from '../operations/qemu-migrate.js'
import { numberedGuests } from '../seed/seed-defaults.js'
import { seedGuest } from '../seed/seed-guests.js'
import type { World } from '../world.js'
import { nodeOf, unknownThing } from './known-things.js'
import type { PlatformFault } from './platform-faults.js'

export type GuestFault = Extract<PlatformFault, { readonly vmid: number }>

export function applyGuestFault(world: World, fault: GuestFault): void {
  const vm = world.cluster.vms.get(fault.vmid)
  if (vm === undefined) throw unknownThing('guest', String(fault.vmid))
  switch (fault.type) {
    case 'move-vm':
      relocate(world, vm, nodeOf(world, fault.node).name)
      return
    case 'set-lock':
      if (fault.lock === null) vm.config.delete('lock')
      else vm.config.set('lock', fault.lock)
      return
    case 'agent':
      vm.guest.agentSilent = fault.state === 'silent'
      vm.guest.agentForced = fault.state === 'up'
      return
    case 'ignore-shutdown':
      vm.guest.ignoresShutdown = fault.ignored
      return
    case 'set-qmp-status':
      if (vm.running === undefined) throw new Error(`guest ${fault.vmid} does not run, so it has no QEMU state to set`)
      vm.running.qmpStatus = fault.status
      return
    case 'remove-vm':
      requireReachable(vm)
      for (const volid of ownedVolumes(vm.config, vm.vmid)) free(world.cluster, vm.node, volid)
      world.cluster.vms.delete(vm.vmid)
      return
    case 'replace-vm':
      requireReachable(vm)
      replaceGuest(vm, fault.name)
      return
    case 'set-config':
      if (fault.value === null) vm.config.delete(fault.key)
      else vm.config.set(fault.key, fault.value)
      return
    case 'set-running':
      vm.running = fault.running
        ? { pid: 2000 + (vm.vmid % 30_000), startedAt: world.clock.now(), qmpStatus: 'running' }
        : undefined
      return
  }
}

/** A node lets nobody have an id while a worker removes the guest that has it. */
function requireReachable({ vmid, isBeingRemoved }: Vm): void {
  if (isBeingRemoved) throw new Error(`guest ${vmid} is being removed: until that has ended nobody else gets its id`)
}

function replaceGuest(vm: Vm, name: string | undefined): void {
  vm.config.set('smbios1', newIdentity().smbios1)
  vm.config.set('vmgenid', randomUUID())
  vm.config.set('name', name ?? `replaced-${vm.vmid}`)
  vm.config.delete('description')
  vm.config.delete('tags')
  vm.snapshots.clear()
}

/** Guests like the seeded ones, at ids that are free. */
export function addGuests(cluster: Cluster, count: number, now: number): void {
  const nodes = [...cluster.nodes.keys()]
  for (const guest of numberedGuests(count, nodes)) {
    if (!cluster.vms.has(guest.vmid)) seedGuest(cluster, guest, false, now)
  }
}

/** Somebody else makes a guest of this id first, where that fault is set. */
export function takeIdFirst(world: World, vmid: number, node: string): void {
  if (world.switches.takeNextIds === 0 || world.cluster.vms.has(vmid)) return
  world.switches.takeNextIds -= 1
  seedGuest(world.cluster, { vmid, node, name: `somebody-${vmid}`, diskGib: 0 }, false, world.clock.now())
}
