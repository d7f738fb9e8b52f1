import type { FaultSwitches } from '@dcm/wire/loopback'
import type { World } from '../world.js'
import { applyFault, type PlatformFault } from './platform-faults.js'

/** Faults of the transport and of the platform, with a method for each that tests use often. */
export interface SimulatorFaults extends FaultSwitches {
  /** Any fault of the platform, as data. */
  apply(fault: PlatformFault): void
  failNextTask(taskType: string, text: string, whenLog?: string): void
  killWorker(taskType: string, whenLog?: string): void
  vanishTask(taskType: string): void
  leaveVolumes(guests?: number): void
  nodeOffline(node: string): void
  nodeOnline(node: string): void
  moveVm(vmid: number, node: string): void
  setLock(vmid: number, lock: string | null): void
  exhaustStorage(storage: string, exhausted?: boolean): void
  agentUp(vmid: number): void
  agentSilent(vmid: number): void
  shutdownIgnored(vmid: number, ignored?: boolean): void
  /** Multiplies the duration of task steps; 1 is the platform's own pace. */
  taskDelay(factor: number): void
  expireTickets(): void
  loseQuorum(): void
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
