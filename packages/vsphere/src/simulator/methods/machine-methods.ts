import { vimFault } from '../fault.js'
import { changeDevices } from '../machines/devices.js'
import {
  attach,
  type Config,
  configOf,
  detach,
  type Machine,
  runtimeOf,
  setConfig,
  setRuntime,
} from '../machines/machine.js'
import { claimName, displayName, storedName } from '../machines/names.js'
import { folderOf, plainChanges } from '../machines/new-config.js'
import { place } from '../machines/placement.js'
import { requirePower } from '../machines/power.js'
import { removeMachine } from '../machines/remove.js'
import { postEvent } from '../world/events.js'
import type { Ref } from '../world/managed-object.js'
import type { Call, Handlers, Request } from './handler.js'
import { keepFiles } from './register-methods.js'

/** Throws what a running VM refuses: fewer processors or memory, more where hot-add is off. */
function checkWhileRunning(machine: Machine, spec: Request<'ReconfigVM_Task'>['spec']): void {
  if (runtimeOf(machine).powerState === 'poweredOff') return
  const { hardware, cpuHotAddEnabled, memoryHotAddEnabled } = configOf(machine)
  if (
    spec.numCPUs !== undefined &&
    spec.numCPUs !== hardware.numCPU &&
    (cpuHotAddEnabled !== true || spec.numCPUs < hardware.numCPU)
  )
    throw vimFault('CpuHotPlugNotSupported', {}, 'CPU hot plug is not supported for this virtual machine.')
  const memoryMB = spec.memoryMB === undefined ? hardware.memoryMB : Number(spec.memoryMB)
  if (memoryMB !== hardware.memoryMB && (memoryHotAddEnabled !== true || memoryMB < hardware.memoryMB))
    throw vimFault('MemoryHotPlugNotSupported', {}, 'Memory hot plug is not supported for this virtual machine.')
}

function reconfigure(call: Call, { spec }: Request<'ReconfigVM_Task'>): Ref {
  const { world, tasks } = call
  const machine = call.target('VirtualMachine')
  const onTemplate = spec.numCPUs !== undefined || spec.memoryMB !== undefined || spec.deviceChange.length > 0
  if (configOf(machine).template && onTemplate)
    throw vimFault('NotSupported', {}, 'The operation is not supported on a template.')
  return tasks.start({
    method: call.method,
    entity: machine,
    userName: call.session.userName,
    locks: [machine],
    durationMs: world.timing.reconfigure,
    finish() {
      const known = configOf(machine)
      if (spec.changeVersion !== undefined && spec.changeVersion !== known.changeVersion)
        throw vimFault('ConcurrentAccess', {}, 'The object has been changed meanwhile.')
      checkWhileRunning(machine, spec)
      const plain = plainChanges(spec, known)
      const hasSnapshots = machine.state.snapshot !== undefined
      const files = /^(.*\/)/.exec(known.files.vmPathName ?? '')?.[1] ?? folderOf('', known.name)
      const device = changeDevices(world, known.hardware.device ?? [], spec.deviceChange, files, hasSnapshots)
      const hardware = { ...(plain.hardware ?? known.hardware), device }
      const name = spec.name === undefined ? known.name : renamed(call, machine, spec.name)
      setConfig(world, machine, { ...plain, name, hardware } satisfies Partial<Config>)
      postEvent(world, 'VmReconfiguredEvent', machine, `Reconfigured ${displayName(name)}`, { configSpec: {} })
    },
  })
}

/** The stored form of a free name. */
function renamed(call: Call, machine: Machine, wanted: string): string {
  const name = storedName(wanted)
  if (name === machine.state.name) return name
  claimName(call.world, call.world.get('Folder', machine.state.parent), name)()
  return name
}

function destroy(call: Call): Ref {
  const { world, tasks } = call
  const entity = call.target('ManagedEntity')
  const machine = world.api.isKindOf(entity.ref.type, 'VirtualMachine') ? call.target('VirtualMachine') : undefined
  const check = (): void => {
    if (machine !== undefined) requirePower(machine, ['poweredOff', 'suspended'], 'poweredOff')
    else if (world.api.isKindOf(entity.ref.type, 'Folder')) {
      const folder = call.target('Folder')
      if ((folder.state.childEntity?.length ?? 0) > 0)
        throw vimFault('ResourceInUse', { type: 'Folder', name: folder.state.name ?? '' })
    } else throw vimFault('NotSupported')
  }
  if (world.switches.powerStateAsFault) check()
  return tasks.start({
    method: call.method,
    entity,
    userName: call.session.userName,
    locks: [entity],
    durationMs: world.timing.destroy,
    check,
    finish() {
      if (machine !== undefined) removeMachine(world, machine)
      else {
        const folder = call.target('Folder')
        unlinkFromFolder(call, folder.state.parent, folder.ref)
        world.remove(folder)
      }
    },
  })
}

/** A folder's folders go with it; its VMs leave the inventory, and their files stay. */
function dissolve(call: Call, ref: Ref): void {
  const { world } = call
  const folder = world.get('Folder', ref)
  for (const child of folder.state.childEntity ?? []) {
    if (child.type === 'Folder') dissolve(call, child)
    else {
      const machine = world.get('VirtualMachine', child)
      keepFiles(world, machine)
      removeMachine(world, machine)
    }
  }
  unlinkFromFolder(call, folder.state.parent, ref)
  world.remove(folder)
}

function unlinkFromFolder({ world }: Call, parent: Ref | undefined, ref: Ref): void {
  if (parent === undefined) return
  const folder = world.get('Folder', parent)
  world.change(folder, { childEntity: (folder.state.childEntity ?? []).filter(({ value }) => value !== ref.value) })
}

function relocate(
  call: Call,
  spec: { pool?: Ref | undefined; host?: Ref | undefined; datastore?: Ref | undefined; folder?: Ref | undefined },
): Ref {
  const { world, tasks } = call
  const machine = call.target('VirtualMachine')
  return tasks.start({
    method: call.method,
    entity: machine,
    userName: call.session.userName,
    locks: [machine],
    durationMs: world.timing.relocate,
    finish() {
      const keepsPool = spec.pool === undefined && spec.host === undefined
      const pool = spec.pool ?? (keepsPool ? machine.state.resourcePool : undefined)
      const host = spec.host ?? (keepsPool ? runtimeOf(machine).host : undefined)
      const placement = place(world, { pool, host, datastore: spec.datastore }, machine.state.datastore?.[0])
      const folder = spec.folder === undefined ? machine.state.parent : world.get('Folder', spec.folder).ref
      detach(world, machine)
      world.change(machine, {
        parent: folder,
        datastore: [placement.datastore.ref],
        resourcePool: configOf(machine).template ? undefined : placement.pool.ref,
      })
      setRuntime(world, machine, { host: placement.host.ref })
      attach(world, machine)
    },
  })
}

export const machineMethods: Handlers = {
  ReconfigVM_Task: reconfigure,
  Destroy_Task: destroy,
  UnregisterAndDestroy_Task(call) {
    const folder = call.target('Folder')
    return call.tasks.start({
      method: call.method,
      entity: folder,
      userName: call.session.userName,
      locks: [folder],
      durationMs: call.world.timing.destroy,
      finish: () => dissolve(call, folder.ref),
    })
  },
  UnregisterVM(call) {
    const machine = call.target('VirtualMachine')
    call.tasks.assertFree([machine])
    requirePower(machine, ['poweredOff', 'suspended'], 'poweredOff')
    keepFiles(call.world, machine)
    removeMachine(call.world, machine)
    return undefined
  },
  Rename_Task(call, { newName }) {
    const { world } = call
    const entity = call.target('ManagedEntity')
    const name = storedName(newName, 'newName')
    return call.tasks.start({
      method: call.method,
      entity,
      userName: call.session.userName,
      locks: [entity],
      durationMs: world.timing.other,
      finish() {
        if (name === entity.state.name) return
        const { parent } = entity.state
        if (parent?.type === 'Folder') claimName(world, world.get('Folder', parent), name)()
        if (world.api.isKindOf(entity.ref.type, 'VirtualMachine')) {
          const machine = call.target('VirtualMachine')
          const names = { oldName: displayName(entity.state.name ?? ''), newName: displayName(name) }
          postEvent(world, 'VmRenamedEvent', machine, `Renamed ${names.oldName} to ${names.newName}`, names)
          setConfig(world, machine, { name })
        } else world.change(entity, { name })
      },
    })
  },
  MarkAsTemplate(call) {
    if (call.world.isHostAgent) throw vimFault('NotSupported')
    const machine = call.target('VirtualMachine')
    if (configOf(machine).template) throw vimFault('NotSupported')
    requirePower(machine, ['poweredOff'])
    // It leaves its pool, and stays in its folder, on its host and datastores.
    detach(call.world, machine)
    call.world.change(machine, { resourcePool: undefined })
    attach(call.world, machine)
    setConfig(call.world, machine, { template: true })
    return undefined
  },
  MarkAsVirtualMachine(call, { pool, host }) {
    const machine = call.target('VirtualMachine')
    if (!configOf(machine).template) throw vimFault('InvalidState')
    const placement = place(call.world, { pool, host }, machine.state.datastore?.[0])
    detach(call.world, machine)
    call.world.change(machine, { resourcePool: placement.pool.ref })
    setRuntime(call.world, machine, { host: placement.host.ref })
    attach(call.world, machine)
    setConfig(call.world, machine, { template: false })
    return undefined
  },
  RelocateVM_Task: (call, { spec }) => relocate(call, spec),
  MigrateVM_Task: (call, { pool, host }) => relocate(call, { pool, host }),
  ConsolidateVMDisks_Task(call) {
    const machine = call.target('VirtualMachine')
    return call.tasks.start({
      method: call.method,
      entity: machine,
      userName: call.session.userName,
      locks: [machine],
      durationMs: call.world.timing.snapshot,
      finish: () => setRuntime(call.world, machine, { consolidationNeeded: false }),
    })
  },
  CreateFolder(call, { name }) {
    const parent = call.target('Folder')
    const stored = storedName(name)
    claimName(call.world, parent, stored)()
    const folder = call.world.add('Folder', {
      name: stored, parent: parent.ref, childType: parent.state.childType, childEntity: [], overallStatus: 'green',
      configStatus: 'green', recentTask: [],
    }) // biome-ignore format: short
    call.world.change(parent, { childEntity: [...(parent.state.childEntity ?? []), folder.ref] })
    return folder.ref
  },
  MoveIntoFolder_Task(call, { list }) {
    const folder = call.target('Folder')
    const entities = list.map((ref) => call.world.get('ManagedEntity', ref, 'list'))
    return call.tasks.start({
      method: call.method,
      entity: folder,
      userName: call.session.userName,
      locks: entities,
      durationMs: call.world.timing.other,
      check() {
        for (const { state } of entities) claimName(call.world, folder, state.name ?? '')()
      },
      finish() {
        for (const entity of entities) {
          unlinkFromFolder(call, entity.state.parent, entity.ref)
          call.world.change(entity, { parent: folder.ref })
          call.world.change(folder, { childEntity: [...(folder.state.childEntity ?? []), entity.ref] })
        }
      },
    })
  },
}
