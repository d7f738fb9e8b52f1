import type { XmlInput } from '@dcm/wire/xml'
import type { Vim25Types } from '../../generated/types.js'
import { vimFault } from '../fault.js'
import {
  type Config,
  configOf,
  guestOff,
  type Machine,
  type PowerState,
  powerStateOf,
  runtimeOf,
  setConfig,
  setRuntime,
} from '../machines/machine.js'
import { requireTools } from '../machines/power.js'
import { type ManagedObject, type Ref, sameRef } from '../world/managed-object.js'
import { reference } from '../world/reference.js'
import type { World } from '../world/world.js'
import type { Call, Handlers } from './handler.js'

type Tree = XmlInput<Vim25Types['VirtualMachineSnapshotTree']>

/** What a snapshot keeps besides its configuration. */
const keptPower = new WeakMap<ManagedObject, PowerState>()

function mapTree(trees: readonly Tree[], edit: (tree: Tree) => readonly Tree[]): Tree[] {
  return trees.flatMap((tree) => edit({ ...tree, childSnapshotList: mapTree(tree.childSnapshotList ?? [], edit) }))
}

function setTree(world: World, machine: Machine, trees: readonly Tree[], current: Ref | undefined): void {
  const roots = trees.map((tree) => tree.snapshot)
  const snapshot = trees.length === 0 ? undefined : { currentSnapshot: current, rootSnapshotList: trees }
  world.change(machine, { snapshot, rootSnapshot: roots })
}

interface SnapshotOrder {
  readonly name: string
  readonly description?: string | undefined
  readonly memory: boolean
  readonly quiesce: boolean
}

function create(call: Call, order: SnapshotOrder): Ref {
  const { world } = call
  const machine = call.target('VirtualMachine')
  if (order.name.trim() === '') throw vimFault('InvalidName', { name: order.name })
  return call.tasks.start({
    method: call.method,
    entity: machine,
    userName: call.session.userName,
    locks: [machine],
    durationMs: world.timing.snapshot,
    check() {
      if (configOf(machine).template) throw vimFault('NotSupported', {}, 'Templates have no snapshots.')
      if (order.quiesce && runtimeOf(machine).powerState === 'poweredOn') requireTools(machine)
    },
    finish() {
      const powerState = powerStateOf(machine)
      const kept = powerState === 'poweredOn' && !order.memory ? 'poweredOff' : powerState
      const snapshot = world.add('VirtualMachineSnapshot', {
        config: configOf(machine),
        vm: machine.ref,
        childSnapshot: [],
      })
      keptPower.set(snapshot, kept)
      const tree: Tree = {
        snapshot: snapshot.ref,
        vm: machine.ref,
        name: order.name,
        description: order.description ?? '',
        id: world.next('snapshot'),
        createTime: world.timestamp(),
        state: kept,
        quiesced: order.quiesce,
      }
      const { currentSnapshot: parent, rootSnapshotList: roots = [] } = machine.state.snapshot ?? {}
      const trees =
        parent === undefined
          ? [...roots, tree]
          : mapTree(roots, (each) =>
              sameRef(each.snapshot, parent)
                ? [{ ...each, childSnapshotList: [...(each.childSnapshotList ?? []), tree] }]
                : [each],
            )
      setTree(world, machine, trees, snapshot.ref)
      return reference(snapshot.ref)
    },
  })
}

function snapshotAndMachine(call: Call): [ManagedObject<'VirtualMachineSnapshot'>, Machine] {
  const snapshot = call.target('VirtualMachineSnapshot')
  return [snapshot, call.world.get('VirtualMachine', snapshot.state.vm)]
}

function revert(call: Call, machine: Machine, ref: Ref, suppressPowerOn: boolean): Ref {
  const { world } = call
  return call.tasks.start({
    method: call.method,
    entity: machine,
    userName: call.session.userName,
    locks: [machine],
    durationMs: world.timing.snapshot,
    finish() {
      const snapshot = world.get('VirtualMachineSnapshot', ref)
      const config: Config = snapshot.state.config ?? configOf(machine)
      setConfig(world, machine, { ...config, name: configOf(machine).name })
      const powerState = suppressPowerOn ? 'poweredOff' : (keptPower.get(snapshot) ?? 'poweredOff')
      setRuntime(world, machine, { powerState, bootTime: powerState === 'poweredOn' ? world.timestamp() : undefined })
      if (powerState !== 'poweredOn') world.change(machine, { guest: guestOff() })
      setTree(world, machine, machine.state.snapshot?.rootSnapshotList ?? [], ref)
    },
  })
}

function remove(call: Call, machine: Machine, gone: readonly Ref[] | 'all', withChildren: boolean): Ref {
  const { world } = call
  return call.tasks.start({
    method: call.method,
    entity: machine,
    userName: call.session.userName,
    locks: [machine],
    durationMs: world.timing.snapshot,
    finish() {
      const removed: Ref[] = []
      const isGone = (tree: Tree): boolean => gone === 'all' || gone.some((ref) => sameRef(ref, tree.snapshot))
      const flat = (tree: Tree): Ref[] => [tree.snapshot, ...(tree.childSnapshotList ?? []).flatMap(flat)]
      let current = machine.state.snapshot?.currentSnapshot
      const edit = (trees: readonly Tree[], parent: Ref | undefined): Tree[] =>
        trees.flatMap((tree): Tree[] => {
          if (!isGone(tree)) return [{ ...tree, childSnapshotList: edit(tree.childSnapshotList ?? [], tree.snapshot) }]
          const all = withChildren || gone === 'all' ? flat(tree) : [tree.snapshot]
          removed.push(...all)
          if (all.some((ref) => sameRef(ref, current))) current = parent
          return all.length > 1 ? [] : edit(tree.childSnapshotList ?? [], parent)
        })
      const trees = edit(machine.state.snapshot?.rootSnapshotList ?? [], undefined)
      for (const ref of removed) {
        const object = world.lookUp(ref)
        if (object !== undefined) world.remove(object)
      }
      setTree(world, machine, trees, current ?? trees[0]?.snapshot)
    },
  })
}

export const snapshotMethods: Handlers = {
  CreateSnapshot_Task: create,
  CreateSnapshotEx_Task: (call, { name, description, memory, quiesceSpec }) =>
    create(call, { name, description, memory, quiesce: quiesceSpec !== undefined }),
  RevertToSnapshot_Task(call, { suppressPowerOn }) {
    const [snapshot, machine] = snapshotAndMachine(call)
    return revert(call, machine, snapshot.ref, suppressPowerOn === true)
  },
  RevertToCurrentSnapshot_Task(call, { suppressPowerOn }) {
    const machine = call.target('VirtualMachine')
    const current = machine.state.snapshot?.currentSnapshot
    if (current === undefined) throw vimFault('NotFound', {}, 'The virtual machine has no current snapshot.')
    return revert(call, machine, current, suppressPowerOn === true)
  },
  RemoveSnapshot_Task(call, { removeChildren }) {
    const [snapshot, machine] = snapshotAndMachine(call)
    return remove(call, machine, [snapshot.ref], removeChildren)
  },
  RemoveAllSnapshots_Task: (call) => remove(call, call.target('VirtualMachine'), 'all', true),
  RenameSnapshot(call, { name, description }) {
    const [snapshot, machine] = snapshotAndMachine(call)
    if (name?.trim() === '') throw vimFault('InvalidName', { name })
    const { currentSnapshot, rootSnapshotList = [] } = machine.state.snapshot ?? {}
    const trees = mapTree(rootSnapshotList, (tree) =>
      sameRef(tree.snapshot, snapshot.ref)
        ? [{ ...tree, name: name ?? tree.name, description: description ?? tree.description ?? '' }]
        : [tree],
    )
    setTree(call.world, machine, trees, currentSnapshot)
    return undefined
  },
}
