import { publishStatistics } from '../cluster/statistics.js'
import type { World } from '../world.js'
import { addGuests, applyGuestFault } from './guest-faults.js'
import { nodeOf, unknownThing } from './known-things.js'

/** Mishaps of the platform itself, as data, so that they also travel to a simulator in another process. */
export type PlatformFault =
  /** The next task that fits fails with `text`: at its start, or when a line of its log holds `whenLog`. */
  | {
      readonly type: 'fail-task'
      readonly text: string
      readonly taskType?: string
      readonly taskId?: string
      readonly whenLog?: string
      /** Leave the first so many fitting tasks alone; only without `whenLog`. */
      readonly after?: number
    }
  /** The next task that fits ends well, but with this warning in its log. */
  | { readonly type: 'warn-task'; readonly text: string; readonly taskType?: string; readonly taskId?: string }
  /** The next worker that fits is killed outright: nothing is cleaned up, locks in the configuration stay. */
  | { readonly type: 'kill-worker'; readonly taskType?: string; readonly taskId?: string; readonly whenLog?: string }
  /** The next task that fits is unknown to every question about it, though its work goes on. */
  | { readonly type: 'vanish-task'; readonly taskType?: string; readonly taskId?: string }
  /** Every task so far is unknown to every question about it, though the work of those that run goes on. */
  | { readonly type: 'forget-tasks' }
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
  /** The id that the next clone or creation names is taken by somebody else, just before. */
  | { readonly type: 'take-next-id' }
  /** Somebody set a key of the guest's configuration by hand; `null` takes it away. */
  | { readonly type: 'set-config'; readonly vmid: number; readonly key: string; readonly value: string | number | null }
  /** Somebody started the guest, or it went down, without any task. */
  | { readonly type: 'set-running'; readonly vmid: number; readonly running: boolean }
  /** So many more guests, as if they had always been there. */
  | { readonly type: 'add-guests'; readonly count: number }
  /** Every answer takes so much longer. */
  | { readonly type: 'slow-answers'; readonly ms: number }
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
    case 'warn-task':
      world.taskFaults.add({ ...fault, how: 'warn' })
      return
    case 'vanish-task':
      world.taskFaults.add({ ...fault, how: 'vanish', text: '' })
      return
    case 'forget-tasks':
      world.tasks.forget()
      return
    case 'take-next-id':
      world.switches.takeNextIds += 1
      return
    case 'add-guests':
      addGuests(world.cluster, fault.count, world.clock.now())
      return
    case 'slow-answers':
      world.switches.answerDelayMs = fault.ms
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
      applyGuestFault(world, fault)
      return
  }
}

/** The workers of a node that goes down go down with it. */
function setOnline(world: World, name: string, online: boolean): void {
  nodeOf(world, name).online = online
  if (online) return
  for (const task of world.tasks.ofNode(name)) if (task.exitstatus === undefined) task.end('kill')
}
