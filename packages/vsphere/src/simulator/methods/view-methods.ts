import { invalidArgument } from '../fault.js'
import { addToSession, dropFromSession } from '../sessions/sessions.js'
import { type ManagedObject, type Ref, readProperty, sameRef } from '../world/managed-object.js'
import type { World } from '../world/world.js'
import type { Handlers } from './handler.js'

const containers = ['Folder', 'Datacenter', 'ComputeResource', 'ResourcePool', 'HostSystem'] as const

/** Where the things inside a container are. */
const insides: Readonly<Record<string, readonly string[]>> = {
  Folder: ['childEntity'],
  Datacenter: ['vmFolder', 'hostFolder', 'datastoreFolder', 'networkFolder'],
  ComputeResource: ['host', 'resourcePool'],
  ResourcePool: ['resourcePool', 'vm'],
  HostSystem: ['vm'],
}

/** Everything in a container, or only its own children. */
function contentsOf(world: World, container: ManagedObject, recursive: boolean): Ref[] {
  const found = new Map<string, Ref>()
  const visit = (object: ManagedObject): void => {
    const kind = containers.find((name) => world.api.isKindOf(object.ref.type, name))
    for (const property of kind === undefined ? [] : (insides[kind] ?? [])) {
      const value = readProperty(object, property)
      // What `insides` names are references, or lists of them.
      for (const ref of [value].flat() as (Ref | undefined)[]) {
        const key = `${ref?.type}:${ref?.value}`
        const child = ref === undefined ? undefined : world.lookUp(ref)
        if (child === undefined || found.has(key)) continue
        found.set(key, child.ref)
        if (recursive) visit(child)
      }
    }
  }
  visit(container)
  return [...found.values()]
}

export const viewMethods: Handlers = {
  CreateContainerView({ world, session }, { container, type, recursive }) {
    const root = world.get('ManagedEntity', container, 'container')
    if (!containers.some((name) => world.api.isKindOf(root.ref.type, name))) throw invalidArgument('container')
    if (type.some((name) => !world.api.isManagedType(name))) throw invalidArgument('type')
    const fits = (ref: Ref): boolean => type.length === 0 || type.some((name) => world.api.isKindOf(ref.type, name))
    return addToSession(session, 'ContainerView', {
      container,
      type,
      recursive,
      get view() {
        return contentsOf(world, root, recursive).filter(fits)
      },
    }).ref
  },
  CreateListView: ({ session }, { obj }) => addToSession(session, 'ListView', { view: obj }).ref,
  ModifyListView(call, { add, remove }) {
    const view = call.target('ListView')
    const without = (list: readonly Ref[], gone: readonly Ref[]) =>
      list.filter((ref) => !gone.some((each) => sameRef(each, ref)))
    const known = add.filter((ref) => call.world.lookUp(ref) !== undefined)
    const kept = without(view.state.view ?? [], [...remove, ...known])
    call.world.change(view, { view: [...kept, ...known] })
    return without(add, known)
  },
  ResetListView(call, { obj }) {
    const view = call.target('ListView')
    const known = obj.filter((ref) => call.world.lookUp(ref) !== undefined)
    call.world.change(view, { view: known })
    return obj.filter((ref) => !known.includes(ref))
  },
  DestroyView({ session, self }) {
    dropFromSession(session, self)
    return undefined
  },
}
