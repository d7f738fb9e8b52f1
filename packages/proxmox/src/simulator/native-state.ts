import type { ConfigValue } from './cluster/cluster.js'
import type { World } from './world.js'

/** A guest as the simulator itself counts it, past all permissions and delays of the API. */
export interface NativeVm {
  readonly kind: 'qemu' | 'lxc'
  readonly vmid: number
  readonly node: string
  readonly name: string | undefined
  readonly running: boolean
  readonly qmpStatus: string | undefined
  readonly template: boolean
  readonly lock: string | undefined
  readonly pool: string | undefined
  readonly pid: number | undefined
  /** When the guest's process was started, milliseconds since the epoch; a reset keeps it. */
  readonly startedAt: number | undefined
  /** How often the guest booted since the simulator knows it, resets included. */
  readonly boots: number
  readonly snapshots: readonly string[]
  readonly config: Readonly<Record<string, ConfigValue>>
}

export interface NativeVolume {
  readonly volid: string
  readonly storage: string
  readonly node: string | undefined
  readonly vmid: number | undefined
  readonly content: string
  readonly sizeBytes: number
  readonly parent: string | undefined
}

export interface NativeTask {
  readonly upid: string
  readonly node: string
  readonly type: string
  readonly id: string
  readonly user: string
  readonly running: boolean
  readonly exitstatus: string | undefined
  readonly log: readonly string[]
}

export interface NativeState {
  readonly vms: readonly NativeVm[]
  readonly volumes: readonly NativeVolume[]
  readonly tasks: readonly NativeTask[]
}

export function nativeVms(world: World): NativeVm[] {
  return [...world.cluster.vms.values()].map((vm) => ({
    kind: vm.kind,
    vmid: vm.vmid,
    node: vm.node,
    name: optionalText(vm.config.get(vm.kind === 'lxc' ? 'hostname' : 'name')),
    running: vm.running !== undefined,
    qmpStatus: vm.running?.qmpStatus,
    template: vm.config.get('template') === 1,
    lock: optionalText(vm.config.get('lock')),
    pool: vm.pool,
    pid: vm.running?.pid,
    startedAt: vm.running?.startedAt,
    boots: vm.guest.boots,
    snapshots: [...vm.snapshots.keys()],
    config: Object.fromEntries(vm.config),
  }))
}

export function nativeVolumes(world: World): NativeVolume[] {
  return [...world.cluster.volumes.values()].map((volume) => ({
    volid: volume.volid,
    storage: volume.storage,
    node: volume.node,
    vmid: volume.vmid,
    content: volume.content,
    sizeBytes: volume.sizeBytes,
    parent: volume.parent,
  }))
}

export function nativeTasks(world: World): NativeTask[] {
  return world.tasks.all().map((task) => ({
    upid: task.upid,
    node: task.node,
    type: task.type,
    id: task.id,
    user: task.identity,
    running: task.exitstatus === undefined,
    exitstatus: task.exitstatus,
    log: [...task.lines],
  }))
}

function optionalText(value: ConfigValue | undefined): string | undefined {
  return value === undefined ? undefined : String(value)
}
