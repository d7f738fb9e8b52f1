import { randomUUID } from 'node:crypto'
import type { Vim25Types } from '../../generated/types.js'
import { invalidArgument, vimFault } from '../fault.js'
import { changeDevices, committedBytes, copyDevices } from '../machines/devices.js'
import { addMachine, type Config, configOf, type Machine, runtimeOf } from '../machines/machine.js'
import { claimName, displayName, storedName } from '../machines/names.js'
import { folderOf, mergeExtraConfig, newConfig, plainChanges } from '../machines/new-config.js'
import { type Placement, place, takeSpace } from '../machines/placement.js'
import { powerOn } from '../machines/power.js'
import { postEvent } from '../world/events.js'
import type { Ref } from '../world/managed-object.js'
import { reference } from '../world/reference.js'
import type { World } from '../world/world.js'
import { checkCustomization, customize } from './customize-methods.js'
import type { Call, Handlers } from './handler.js'

type ConfigSpec = Vim25Types['VirtualMachineConfigSpec']
type CloneSpec = Vim25Types['VirtualMachineCloneSpec']

/** The configuration of a copy, or of a new VM, with the changes of a specification. */
function withSpec(world: World, base: Config, spec: ConfigSpec | undefined, folder: string): Config {
  if (spec === undefined) return base
  const plain = { ...base, ...plainChanges(spec, base) }
  const device = changeDevices(world, base.hardware.device ?? [], spec.deviceChange, folder, false)
  return { ...plain, hardware: { ...plain.hardware, device } }
}

/** A vCenter gives a new one where another VM has the one asked for. */
function freeUuid(world: World, wanted: string | undefined): string {
  const taken = world.all('VirtualMachine').some(({ state }) => state.config?.instanceUuid === wanted)
  return wanted === undefined || taken ? randomUUID() : wanted
}

/** Adds a VM that got an `instanceUuid`, and tells of it. */
export function addNew(world: World, order: Parameters<typeof addMachine>[1]): Machine {
  const machine = addMachine(world, order)
  const { instanceUuid = '' } = order.config
  postEvent(world, 'VmInstanceUuidAssignedEvent', machine, `Assigned new instance UUID (${instanceUuid})`, {
    instanceUuid,
  })
  return machine
}

/** Adds the VM now, or a moment after its task ended; its reference is known at once. */
export function appear(
  world: World,
  order: Omit<Parameters<typeof addMachine>[1], 'value'>,
  then: (machine: Machine) => void,
): Ref {
  const value = `vm-${world.next('object')}`
  const add = (): void => then(addNew(world, { ...order, value }))
  const { appearLateMs } = world.switches
  if (appearLateMs === 0) add()
  else void world.clock.sleep(appearLateMs).then(add, () => {})
  return { type: 'VirtualMachine', value }
}

function datastoreName(placement: Placement): string {
  return placement.datastore.state.name ?? ''
}

interface CloneOrder {
  readonly folder: Ref
  readonly name: string
  readonly spec: Pick<CloneSpec, 'template' | 'powerOn' | 'snapshot' | 'config' | 'customization'> & {
    readonly location: Pick<
      CloneSpec['location'],
      'folder' | 'pool' | 'host' | 'datastore' | 'diskMoveType' | 'deviceChange'
    >
  }
}

/** Starts the task that copies a VM. Throws what is refused at once. */
export function cloneMachine(
  { world, tasks, userName }: Pick<Call, 'world' | 'tasks'> & { readonly userName: string },
  source: Machine,
  request: CloneOrder,
): Ref {
  if (world.isHostAgent) throw vimFault('NotSupported', {}, 'The operation is not supported on the object.')
  const { spec } = request
  const folder = world.get('Folder', spec.location.folder ?? request.folder, 'folder')
  const isTemplate = configOf(source).template
  if (isTemplate && spec.location.pool === undefined && !spec.template) throw invalidArgument('spec.location.pool')
  const isLinked = spec.location.diskMoveType === 'createNewChildDiskBacking'
  if (isLinked && spec.snapshot === undefined && source.state.snapshot === undefined)
    throw invalidArgument('spec.snapshot')
  checkCustomization(source, spec.customization)
  let release = (): void => {}
  return tasks.start({
    method: 'CloneVM_Task',
    entity: source,
    userName,
    durationMs: isLinked ? world.timing.clone / 4 : world.timing.clone,
    check() {
      release = claimName(world, folder, storedName(request.name))
    },
    undo: () => release(),
    finish() {
      const sourceHost = runtimeOf(source).host
      const wish =
        spec.location.pool === undefined && spec.location.host === undefined
          ? { ...spec.location, pool: source.state.resourcePool, host: spec.template ? sourceHost : undefined }
          : spec.location
      const placement = place(world, wish, source.state.datastore?.[0])
      const name = storedName(request.name)
      const files = folderOf(datastoreName(placement), name)
      const copy: Config = {
        ...configOf(source),
        ...pathsOf(newConfig(world, { name, datastoreName: datastoreName(placement) })),
        template: spec.template,
      }
      const copied = {
        ...copy,
        hardware: { ...copy.hardware, device: copyDevices(world, copy.hardware.device ?? [], files, isLinked) },
      }
      const moved = withSpec(
        world,
        {
          ...copied,
          hardware: {
            ...copied.hardware,
            device: changeDevices(world, copied.hardware.device, spec.location.deviceChange, files, false),
          },
        },
        spec.config,
        files,
      )
      const config = { ...moved, instanceUuid: freeUuid(world, spec.config?.instanceUuid) }
      takeSpace(world, placement.datastore, isLinked ? 0 : committedBytes(config))
      const order = {
        config,
        folder,
        pool: spec.template ? undefined : placement.pool.ref,
        host: placement.host.ref,
        datastore: placement.datastore.ref,
      }
      const ref = appear(world, order, (machine) => {
        release()
        const sourceVm = { _type: 'VmEventArgument' as const, name: displayName(configOf(source).name), vm: source.ref }
        postEvent(world, 'VmClonedEvent', machine, `Clone of ${sourceVm.name} completed`, { sourceVm })
        if (spec.customization !== undefined) customize(world, machine)
        if (spec.powerOn && !spec.template) powerOn(world, machine)
      })
      return reference(ref)
    },
  })
}

/** What a copy never has from its source. */
function pathsOf(fresh: Config): Partial<Config> {
  const { name, files, uuid, instanceUuid, changeVersion, modified, createDate } = fresh
  return { name, files, uuid, instanceUuid, changeVersion, modified, createDate }
}

function instantClone(call: Call, spec: Vim25Types['VirtualMachineInstantCloneSpec']): Ref {
  const { world, tasks } = call
  if (world.isHostAgent) throw vimFault('NotSupported', {}, 'The operation is not supported on the object.')
  const source = call.target('VirtualMachine')
  if (configOf(source).template) throw vimFault('NotSupported', {}, 'The operation is not supported on a template.')
  // Of the devices, a copy of a running VM takes other plugs for its cards alone.
  if (spec.location.deviceChange.some((change) => 'operation' in change && change.operation !== 'edit'))
    throw invalidArgument('spec.location.deviceChange')
  const parent = spec.location.folder ?? source.state.parent
  const folder = world.get('Folder', parent, 'spec.location.folder')
  let release = (): void => {}
  return tasks.start({
    method: call.method,
    entity: source,
    userName: call.session.userName,
    durationMs: world.timing.clone / 10,
    check() {
      if (runtimeOf(source).powerState !== 'poweredOn')
        throw vimFault('InvalidPowerState', {
          requestedState: 'poweredOn',
          existingState: runtimeOf(source).powerState,
        })
      release = claimName(world, folder, storedName(spec.name, 'spec.name'))
    },
    undo: () => release(),
    finish() {
      const placement = place(
        world,
        { ...spec.location, pool: spec.location.pool ?? source.state.resourcePool },
        source.state.datastore?.[0],
      )
      const name = storedName(spec.name)
      const fresh = newConfig(world, { name, datastoreName: datastoreName(placement) })
      const base = configOf(source)
      const files = folderOf(datastoreName(placement), name)
      const copied = copyDevices(world, base.hardware.device ?? [], files)
      const config = {
        ...base,
        ...pathsOf(fresh),
        extraConfig: mergeExtraConfig(base.extraConfig, spec.config),
        hardware: {
          ...base.hardware,
          device: changeDevices(world, copied, spec.location.deviceChange, files, false),
        },
      }
      const { pool, host, datastore } = placement
      const order = { config, folder, pool: pool.ref, host: host.ref, datastore: datastore.ref }
      return reference(
        appear(world, order, (machine) => {
          release()
          powerOn(world, machine)
        }),
      )
    },
  })
}

function createVm(call: Call, request: { config: ConfigSpec; pool: Ref; host?: Ref | undefined }): Ref {
  const { world, tasks } = call
  const folder = call.target('Folder')
  const { config: spec } = request
  const pool = world.get('ResourcePool', request.pool, 'pool')
  if (folder.state.childType?.includes('VirtualMachine') !== true)
    throw vimFault('InvalidFolder', { target: folder.ref })
  if (spec.name === undefined) throw invalidArgument('configSpec.name')
  const path = spec.files?.vmPathName
  if (path === undefined) throw invalidArgument('configSpec.files.vmPathName')
  const wanted = /^\[([^\]]*)\]/.exec(path)?.[1]
  let release = (): void => {}
  return tasks.start({
    method: call.method,
    entity: folder,
    userName: call.session.userName,
    durationMs: world.timing.create,
    check() {
      release = claimName(world, folder, storedName(spec.name ?? ''))
    },
    undo: () => release(),
    finish() {
      const named = world.all('Datastore').find(({ state }) => state.name === wanted)
      if (named === undefined && wanted !== '')
        throw vimFault('InvalidDatastorePath', { datastorePath: path }, `Invalid datastore path '${path}'.`)
      const placement = place(world, { pool: pool.ref, host: request.host, datastore: named?.ref })
      const name = storedName(spec.name ?? '')
      const fresh = newConfig(world, { name, datastoreName: datastoreName(placement) })
      const made = withSpec(world, fresh, spec, folderOf(datastoreName(placement), name))
      const config = { ...made, instanceUuid: freeUuid(world, spec.instanceUuid) }
      takeSpace(world, placement.datastore, committedBytes(config))
      const order = { config, folder, pool: pool.ref, host: placement.host.ref, datastore: placement.datastore.ref }
      return reference(
        appear(world, order, (machine) => {
          release()
          postEvent(world, 'VmCreatedEvent', machine, `Created virtual machine ${displayName(name)}`, {})
        }),
      )
    },
  })
}

export const provisionMethods: Handlers = {
  CloneVM_Task: (call, request) =>
    cloneMachine({ ...call, userName: call.session.userName }, call.target('VirtualMachine'), request),
  InstantClone_Task: (call, { spec }) => instantClone(call, spec),
  CreateVM_Task: createVm,
}
