import type { XmlInput } from '@dcm/wire/xml'
import type { Vim25Types } from '../../generated/types.js'
import { vimFault } from '../fault.js'
import { type ManagedObject, type Ref, sameRef } from '../world/managed-object.js'
import { type World, withoutRef } from '../world/world.js'
import { committedBytes, diskFiles, networksOf } from './devices.js'

export type Machine = ManagedObject<'VirtualMachine'>
export type Config = XmlInput<Vim25Types['VirtualMachineConfigInfo']>
export type Runtime = XmlInput<Vim25Types['VirtualMachineRuntimeInfo']>
export type Guest = XmlInput<Vim25Types['GuestInfo']>
const powerStates = ['poweredOn', 'poweredOff', 'suspended'] as const
export type PowerState = (typeof powerStates)[number]

export interface MachineOrder {
  readonly config: Config
  readonly folder: ManagedObject<'Folder'>
  /** A template has none. */
  readonly pool: Ref | undefined
  readonly host: Ref
  readonly datastore: Ref
  readonly value?: string
}

const offGuest: Guest = {
  toolsStatus: 'toolsNotRunning',
  toolsRunningStatus: 'guestToolsNotRunning',
  toolsVersionStatus2: 'guestToolsUnmanaged',
  guestState: 'notRunning',
}

const capability = {
  snapshotOperationsSupported: true, multipleSnapshotsSupported: true, snapshotConfigSupported: true,
  poweredOffSnapshotsSupported: true, memorySnapshotsSupported: true, revertToSnapshotSupported: true,
  quiescedSnapshotsSupported: true, disableSnapshotsSupported: false, lockSnapshotsSupported: false,
  consolePreferencesSupported: false, cpuFeatureMaskSupported: true, s1AcpiManagementSupported: true,
  settingScreenResolutionSupported: false, toolsAutoUpdateSupported: false, vmNpivWwnSupported: true,
  npivWwnOnNonRdmVmSupported: true, swapPlacementSupported: true, toolsSyncTimeSupported: true,
  virtualMmuUsageSupported: true, diskSharesSupported: true, bootOptionsSupported: true,
  settingVideoRamSizeSupported: true,
} // biome-ignore format: a table

/** Puts a VM into the inventory: powered off, without snapshots, known to its folder, pool, host, datastore and networks. */
export function addMachine(world: World, order: MachineOrder): Machine {
  const { config } = order
  const machine: Machine = world.add(
    'VirtualMachine',
    {
      name: config.name,
      parent: order.folder.ref,
      config,
      capability,
      overallStatus: 'green',
      configStatus: 'green',
      guestHeartbeatStatus: 'gray',
      resourcePool: order.pool,
      runtime: {
        host: order.host,
        connectionState: 'connected',
        powerState: 'poweredOff',
        toolsInstallerMounted: false,
        numMksConnections: 0,
        consolidationNeeded: false,
      },
      guest: offGuest,
      datastore: [order.datastore],
      recentTask: [],
      alarmActionsEnabled: true,
      get network() {
        return networksOf(world, machine.state.config, machine.state.runtime?.host)
      },
      get disabledMethod() {
        return disabledMethods(machine)
      },
      get summary() {
        return summaryOf(machine)
      },
      get layoutEx() {
        return layoutOf(world, machine)
      },
      get storage() {
        return {
          perDatastoreUsage: [
            { datastore: order.datastore, committed: committedBytes(configOf(machine)), uncommitted: 0, unshared: 0 },
          ],
          timestamp: world.timestamp(),
        }
      },
    },
    order.value,
  )
  attach(world, machine)
  return machine
}

export function configOf(machine: Machine): Config {
  const { config } = machine.state
  if (config === undefined) throw vimFault('InvalidState', {}, 'The VM is not accessible')
  return config
}

export function runtimeOf(machine: Machine): Runtime {
  const { runtime } = machine.state
  if (runtime === undefined) throw vimFault('InvalidState', {}, 'The VM is not accessible')
  return runtime
}

/** The API leaves the enumeration open; the simulator knows these three. */
export function powerStateOf(machine: Machine): PowerState {
  const { powerState } = runtimeOf(machine)
  return powerStates.find((known) => known === powerState) ?? 'poweredOff'
}

export const guestOff = (): Guest => ({ ...offGuest })

/** Makes the VM known to all that list it. */
export function attach(world: World, machine: Machine): void {
  relink(world, machine, (list, ref) => [...(list ?? []), ref])
}

/** Takes the VM out of every list. */
export function detach(world: World, machine: Machine): void {
  relink(world, machine, withoutRef)
}

function relink(world: World, machine: Machine, edit: (list: readonly Ref[] | undefined, ref: Ref) => Ref[]): void {
  const { parent, resourcePool, datastore = [], network = [], runtime } = machine.state
  const folder = parent === undefined ? undefined : world.get('Folder', parent)
  if (folder !== undefined) world.change(folder, { childEntity: edit(folder.state.childEntity, machine.ref) })
  for (const [type, refs] of [
    ['ResourcePool', [resourcePool]],
    ['HostSystem', [runtime?.host]],
    ['Datastore', datastore],
    ['Network', network],
  ] as const) {
    for (const ref of refs) {
      if (ref === undefined || world.lookUp(ref) === undefined) continue
      const holder = world.get(type, ref)
      world.change(holder, { vm: edit(holder.state.vm, machine.ref) })
    }
  }
}

export function setRuntime(world: World, machine: Machine, runtime: Partial<Runtime>): void {
  world.change(machine, { runtime: { ...runtimeOf(machine), ...runtime } })
}

/** Changes the configuration; its version and time move on. */
export function setConfig(world: World, machine: Machine, config: Partial<Config>): void {
  const modified = world.timestamp()
  const next: Config = { ...configOf(machine), ...config, modified, changeVersion: changeVersion(world) }
  const staysPlugged = sameRefs(networksOf(world, next, machine.state.runtime?.host), machine.state.network ?? [])
  // Networks follow the devices: the VM moves from the lists of the old ones into those of the new.
  if (!staysPlugged) detach(world, machine)
  world.change(machine, { config: next, name: next.name })
  if (!staysPlugged) attach(world, machine)
}

const sameRefs = (a: readonly Ref[], b: readonly Ref[]): boolean =>
  a.length === b.length && a.every((ref, index) => sameRef(ref, b[index]))

export function changeVersion(world: World): string {
  return `${world.timestamp().replace('Z', '')}${String(world.next('changeVersion')).padStart(3, '0')}Z`
}

function disabledMethods(machine: Machine): string[] {
  if (machine.state.config?.template === true) return ['PowerOnVM_Task', 'CreateSnapshot_Task', 'MigrateVM_Task']
  switch (machine.state.runtime?.powerState) {
    case 'poweredOn':
      return ['PowerOnVM_Task', 'UnregisterVM', 'Destroy_Task', 'MarkAsTemplate']
    case 'suspended':
      return ['SuspendVM_Task', 'ResetVM_Task', 'ShutdownGuest', 'RebootGuest', 'StandbyGuest', 'MarkAsTemplate']
    default:
      return ['PowerOffVM_Task', 'SuspendVM_Task', 'ResetVM_Task', 'ShutdownGuest', 'RebootGuest', 'StandbyGuest']
  }
}

function summaryOf(machine: Machine) {
  const { ref, state } = machine
  const [config, runtime, guest] = [configOf(machine), runtimeOf(machine), state.guest]
  const devices = config.hardware.device ?? []
  const on = runtime.powerState === 'poweredOn'
  const bytes = committedBytes(config)
  return {
    vm: ref,
    runtime,
    guest: {
      guestId: config.guestId,
      guestFullName: config.guestFullName,
      toolsStatus: guest?.toolsStatus,
      toolsVersionStatus2: guest?.toolsVersionStatus2,
      toolsRunningStatus: guest?.toolsRunningStatus,
      hostName: guest?.hostName,
      ipAddress: guest?.ipAddress,
    },
    config: {
      name: config.name,
      template: config.template,
      vmPathName: config.files.vmPathName ?? '',
      memorySizeMB: config.hardware.memoryMB,
      numCpu: config.hardware.numCPU,
      numEthernetCards: devices.filter((each) => 'macAddress' in each).length,
      numVirtualDisks: devices.filter((each) => each._type === 'VirtualDisk').length,
      uuid: config.uuid,
      instanceUuid: config.instanceUuid,
      guestId: config.guestId,
      guestFullName: config.guestFullName,
      annotation: config.annotation,
    },
    storage: { committed: bytes, uncommitted: 0, unshared: bytes, timestamp: config.modified },
    quickStats: {
      overallCpuUsage: on ? 120 * config.hardware.numCPU : 0,
      guestMemoryUsage: on ? Math.round(config.hardware.memoryMB / 4) : 0,
      hostMemoryUsage: on ? config.hardware.memoryMB : 0,
      guestHeartbeatStatus: on ? ('green' as const) : ('gray' as const),
    },
    overallStatus: 'green' as const,
  }
}

function layoutOf(world: World, machine: Machine) {
  const config = configOf(machine)
  const vmx = config.files.vmPathName ?? ''
  const files = [
    { name: vmx, type: 'config', size: 3_000 },
    { name: vmx.replace(/vmx$/, 'nvram'), type: 'nvram', size: 8_684 },
    ...diskFiles(config).map((name) => ({ name, type: 'diskDescriptor', size: 500 })),
  ]
  return {
    file: files.map((file, key) => ({ ...file, key, uniqueSize: file.size, accessible: true })),
    timestamp: world.timestamp(),
  }
}
