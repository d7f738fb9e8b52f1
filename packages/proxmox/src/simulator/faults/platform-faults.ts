import { randomUUID } from 'node:crypto'
import type { Vm } from '../cluster/cluster.js'
import { ownedVolumes } from '../cluster/drives.js'
import { newIdentity } from '../cluster/guest-config.js'
import { publishStatistics } from '../cluster/statistics.js'
import { free } from '../cluster/volumes.js'
import { relocate } from '../operations/qemu-migrate.js'
import type { World } from '../world.js'

/** Mishaps of the platform itself, as data, so that they also travel to a simulator in another process. */
export type PlatformFault =
  /** The next task that fits fails with `text`: at its start, or when a line of its log holds `whenLog`. */
  | {
      readonly type: 'fail-task'
      readonly text: string
      readonly taskType?: string
      readonly taskId?: string
      readonly whenLog?: string
    }
  /** The next worker that fits is killed outright: nothing is cleaned up, locks in the configuration stay. */
  | { readonly type: 'kill-worker'; readonly taskType?: string; readonly taskId?: string; readonly whenLog?: string }
  /** The next task that fits is unknown to every question about it, though its work goes on. */
  | { readonly type: 'vanish-task'; readonly taskType?: string; readonly taskId?: string }
  /** As if somebody had stopped this task. */
  | { readonly type: 'stop-task'; readonly upid: string }
  /** So many guests that are destroyed (or clones that fail) leave their volumes behind. */
  | { readonly type: 'leave-volumes'; readonly guests: number }
  | { readonly type: 'node-offline'; readonly node: string }
  | { readonly type: 'node-online'; readonly node: string }
  /** Calls that another node must relay to this one fail with 596. */
  | { readonly type: 'node-unproxyable'; readonly node: string; readonly enabled: boolean }
  | { readonly type: 'move-vm'; readonly vmid: number; readonly node: string }
  /** `null` takes the lock away. */
  | { readonly type: 'set-lock'; readonly vmid: number; readonly lock: string | null }
  | { readonly type: 'exhaust-storage'; readonly storage: string; readonly exhausted: boolean }
  /** `up` answers at once, `silent` never, `normal` some time after the start if one is installed. */
  | { readonly type: 'agent'; readonly vmid: number; readonly state: 'up' | 'silent' | 'normal' }
  | { readonly type: 'ignore-shutdown'; readonly vmid: number; readonly ignored: boolean }
  /** QEMU's own word for the state of a running guest. */
  | { readonly type: 'set-qmp-status'; readonly vmid: number; readonly status: string }
  /** Somebody removed the guest behind everybody's back. */
  | { readonly type: 'remove-vm'; readonly vmid: number }
  /** Somebody removed the guest and made another with its id. */
  | { readonly type: 'replace-vm'; readonly vmid: number; readonly name?: string }
  /** Multiplies the duration of task steps from now on; 1 is the platform's own pace. */
  | { readonly type: 'task-pace'; readonly factor: number }
  | { readonly type: 'expire-tickets' }
  | { readonly type: 'quorum'; readonly quorate: boolean }
  | { readonly type: 'advance-clock'; readonly ms: number }
  /** So many of the next answers end their connection, as when a worker of the daemon retires. */
  | { readonly type: 'retire-connections'; readonly answers: number }
  /** Errors lose their JSON message, as before pve-http-server 5.2.0. */
  | { readonly type: 'json-message'; readonly enabled: boolean }
  /** The nodes broadcast their statistics now. */
  | { readonly type: 'broadcast-statistics' }

export function applyFault(world: World, fault: PlatformFault): void {
  switch (fault.type) {
    case 'fail-task':
      world.taskFaults.add({ ...fault, how: 'fail' })
      return
    case 'kill-worker':
      world.taskFaults.add({ ...fault, how: 'kill', text: '' })
      return
    case 'vanish-task':
      world.taskFaults.add({ ...fault, how: 'vanish', text: '' })
      return
    case 'stop-task':
      world.tasks.find(fault.upid)?.end('interrupt')
      return
    case 'leave-volumes':
      world.switches.leaveVolumes = fault.guests
      return
    case 'node-offline':
      setOnline(world, fault.node, false)
      return
    case 'node-online':
      setOnline(world, fault.node, true)
      return
    case 'node-unproxyable':
      nodeOf(world, fault.node).proxyBroken = fault.enabled
      return
    case 'exhaust-storage': {
      const storage = world.cluster.storages.get(fault.storage)
      if (storage === undefined) throw unknownThing('storage', fault.storage)
      storage.exhausted = fault.exhausted
      return
    }
    case 'task-pace':
      world.timing = { ...world.timing, taskFactor: fault.factor }
      return
    case 'expire-tickets':
      world.tickets.expireAll()
      return
    case 'quorum':
      world.cluster.quorate = fault.quorate
      return
    case 'advance-clock':
      world.clock.advance(fault.ms)
      return
    case 'retire-connections':
      world.switches.retireConnections = fault.answers
      return
    case 'json-message':
      world.switches.jsonMessage = fault.enabled
      return
    case 'broadcast-statistics':
      publishStatistics(world.cluster, world.clock.now())
      return
    default:
      applyToGuest(world, fault)
      return
  }
}

type GuestFault = Extract<PlatformFault, { readonly vmid: number }>

function applyToGuest(world: World, fault: GuestFault): void {
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
      for (const volid of ownedVolumes(vm.config, vm.vmid)) free(world.cluster, vm.node, volid)
      world.cluster.vms.delete(vm.vmid)
      return
    case 'replace-vm':
      replaceGuest(vm, fault.name)
      return
  }
}

function replaceGuest(vm: Vm, name: string | undefined): void {
  vm.config.set('smbios1', newIdentity().smbios1)
  vm.config.set('vmgenid', randomUUID())
  vm.config.set('name', name ?? `replaced-${vm.vmid}`)
  vm.config.delete('description')
  vm.config.delete('tags')
  vm.snapshots.clear()
}

/** The workers of a node that goes down go down with it. */
function setOnline(world: World, name: string, online: boolean): void {
  nodeOf(world, name).online = online
  if (online) return
  for (const task of world.tasks.ofNode(name)) if (task.exitstatus === undefined) task.end('kill')
}

function nodeOf(world: World, name: string): NonNullable<ReturnType<World['cluster']['nodes']['get']>> {
  const node = world.cluster.nodes.get(name)
  if (node === undefined) throw unknownThing('node', name)
  return node
}

function unknownThing(kind: string, id: string): Error {
  return new Error(`the simulated cluster has no ${kind} '${id}'`)
}
