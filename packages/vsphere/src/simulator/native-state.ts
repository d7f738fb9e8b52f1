import { diskFiles } from './machines/devices.js'
import { displayName } from './machines/names.js'
import { bootsOf } from './machines/power.js'
import type { World } from './world/world.js'

/** A VM or template as the platform itself knows it. */
export interface NativeVm {
  /** `vm-12`. */
  readonly ref: string
  /** As people read it, without escapes. */
  readonly name: string
  readonly instanceUuid: string
  readonly powerState: string
  readonly connectionState: string
  readonly template: boolean
  readonly cpus: number
  readonly memoryMB: number
  /** Value of the folder. */
  readonly folder: string
  readonly host: string
  readonly annotation: string
  readonly extraConfig: Readonly<Record<string, string>>
  readonly snapshots: number
  /** How often it booted, resets and reboots included. */
  readonly boots: number
  /** Paths of the files of its disks. */
  readonly diskFiles: readonly string[]
}

export function nativeVms(world: World): NativeVm[] {
  return world.all('VirtualMachine').flatMap((machine) => {
    const { ref, state } = machine
    const { config, runtime } = state
    if (config === undefined || runtime === undefined) return []
    const options = (config.extraConfig ?? []).flatMap((option) =>
      'value' in option ? [[option.key, String(option.value)] as const] : [],
    )
    return [
      {
        ref: ref.value,
        name: displayName(config.name),
        instanceUuid: config.instanceUuid ?? '',
        powerState: runtime.powerState,
        connectionState: runtime.connectionState,
        template: config.template,
        cpus: config.hardware.numCPU,
        memoryMB: config.hardware.memoryMB,
        folder: state.parent?.value ?? '',
        host: runtime.host?.value ?? '',
        annotation: config.annotation ?? '',
        extraConfig: Object.fromEntries(options),
        snapshots: world.all('VirtualMachineSnapshot').filter((each) => each.state.vm?.value === ref.value).length,
        boots: bootsOf(machine),
        diskFiles: diskFiles(config),
      },
    ]
  })
}

export interface NativeTask {
  readonly ref: string
  readonly method: string
  readonly entity: string
  readonly state: string
}

export function nativeTasks(world: World): NativeTask[] {
  return world
    .all('Task')
    .flatMap(({ ref, state: { info } }) =>
      info === undefined
        ? []
        : [{ ref: ref.value, method: info.name ?? '', entity: info.entity?.value ?? '', state: info.state }],
    )
}

export interface NativeSession {
  readonly key: string
  readonly userName: string
  readonly userAgent: string
  readonly calls: number
}

/** What the platform holds, as a simulator in another process tells it. */
export interface NativeState {
  readonly vms: readonly NativeVm[]
  readonly tasks: readonly NativeTask[]
  /** Paths of the files of disks that were taken out of their VM. */
  readonly keptDisks: readonly string[]
  readonly sessions: readonly NativeSession[]
  /** Logins that were granted. */
  readonly logins: number
}
