import type { FaultSwitches } from '@dcm/wire/loopback'
import type { World } from '../world.js'
import { applyFault, type PlatformFault } from './platform-faults.js'

/** Faults of the transport and of the platform, with a method for each that tests use often. */
export interface SimulatorFaults extends FaultSwitches {
  /** Takes back the faults that wait for a call or a task. What a node, a storage or a guest was made stays: heal it by name. */
  clear(): void
  /** Any fault of the platform, as data. */
  apply(fault: PlatformFault): void
  /** The next task of this type (`qmclone`) fails with `text`: at its start, or when a line of its log holds `whenLog`. */
  failNextTask(taskType: string, text: string, whenLog?: string): void
  /** The next worker of this type is killed outright: nothing is cleaned up, its locks stay. */
  killWorker(taskType: string, whenLog?: string): void
  /** The next task of this type is unknown to every question about it, though its work goes on. */
  vanishTask(taskType: string): void
  /** So many guests (default 1) that are destroyed, or clones that fail, leave their volumes behind. */
  leaveVolumes(guests?: number): void
  /** Takes a node down with its tasks: calls to it fail with 595, its guests become unknown. */
  nodeOffline(node: string): void
  /** Brings a node back. */
  nodeOnline(node: string): void
  /** Moves a guest to another node at once, as HA does. */
  moveVm(vmid: number, node: string): void
  /** Locks a guest (`backup`); `null` takes the lock away. */
  setLock(vmid: number, lock: string | null): void
  /** A storage takes nothing more; `false` ends that. */
  exhaustStorage(storage: string, exhausted?: boolean): void
  /** The guest's agent answers at once. */
  agentUp(vmid: number): void
  /** The guest's agent never answers. */
  agentSilent(vmid: number): void
  /** The guest does not obey requests to shut down; `false` ends that. */
  shutdownIgnored(vmid: number, ignored?: boolean): void
  /** Multiplies the duration of task steps; 1 is the platform's own pace. */
  taskDelay(factor: number): void
  /** Every ticket is refused from now on: whoever goes on must log in anew. */
  expireTickets(): void
  /** Writes are refused until `regainQuorum`. */
  loseQuorum(): void
  /** Ends `loseQuorum`. */
  regainQuorum(): void
}

export function createFaultSwitches(world: World, transport: FaultSwitches): SimulatorFaults {
  const apply = (fault: PlatformFault): void => applyFault(world, fault)
  return {
    add: transport.add,
    clear() {
      transport.clear()
      world.taskFaults.clear()
      world.switches.leaveVolumes = 0
      world.switches.retireConnections = 0
      world.switches.takeNextIds = 0
      world.switches.answerDelayMs = 0
    },
    apply,
    failNextTask: (taskType, text, whenLog) =>
      apply({ type: 'fail-task', taskType, text, ...(whenLog === undefined ? {} : { whenLog }) }),
    killWorker: (taskType, whenLog) =>
      apply({ type: 'kill-worker', taskType, ...(whenLog === undefined ? {} : { whenLog }) }),
    vanishTask: (taskType) => apply({ type: 'vanish-task', taskType }),
    leaveVolumes: (guests = 1) => apply({ type: 'leave-volumes', guests }),
    nodeOffline: (node) => apply({ type: 'node-offline', node }),
    nodeOnline: (node) => apply({ type: 'node-online', node }),
    moveVm: (vmid, node) => apply({ type: 'move-vm', vmid, node }),
    setLock: (vmid, lock) => apply({ type: 'set-lock', vmid, lock }),
    exhaustStorage: (storage, exhausted = true) => apply({ type: 'exhaust-storage', storage, exhausted }),
    agentUp: (vmid) => apply({ type: 'agent', vmid, state: 'up' }),
    agentSilent: (vmid) => apply({ type: 'agent', vmid, state: 'silent' }),
    shutdownIgnored: (vmid, ignored = true) => apply({ type: 'ignore-shutdown', vmid, ignored }),
    taskDelay: (factor) => apply({ type: 'task-pace', factor }),
    expireTickets: () => apply({ type: 'expire-tickets' }),
    loseQuorum: () => apply({ type: 'quorum', quorate: false }),
    regainQuorum: () => apply({ type: 'quorum', quorate: true }),
  }
}
