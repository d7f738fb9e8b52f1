import type { SimulatorClock } from '@dcm/wire/loopback'
import type { Vim25Types } from '../../generated/types.js'
import { vimFault } from '../fault.js'
import type { SimulatorSwitches } from '../faults/switches.js'
import type { Timing } from '../options.js'
import type { VimApi } from '../soap/vim-api.js'
import { keyOf, type ManagedObject, type ManagedTypeName, type Ref, type State, sameRef } from './managed-object.js'

export type ServiceContent = Vim25Types['ServiceContent']

/** Everything that the simulated platform holds, whoever looks at it. */
export interface World {
  readonly api: VimApi
  readonly clock: SimulatorClock
  readonly timing: Timing
  readonly switches: SimulatorSwitches
  readonly content: ServiceContent
  /** True for a bare host: no cloning, no templates. */
  readonly isHostAgent: boolean
  add<Type extends ManagedTypeName>(type: Type, state: State<Type>, value?: string): ManagedObject<Type>
  remove(object: ManagedObject): void
  /** Undefined for one that does not exist (any more). */
  lookUp(ref: Ref): ManagedObject | undefined
  /** Throws ManagedObjectNotFound where there is no such object, InvalidArgument where it is of another type. */
  get<Type extends ManagedTypeName>(type: Type, ref: Ref | undefined, argument?: string): ManagedObject<Type>
  /** Objects of the type and its subtypes. */
  all<Type extends ManagedTypeName>(type: Type): ManagedObject<Type>[]
  /** Sets properties and wakes those who wait for changes. */
  change<Type extends ManagedTypeName>(object: ManagedObject<Type>, state: State<Type>): void
  onChange(listener: () => void): () => void
  /** The next number of a series, such as that of event keys. */
  next(series: string): number
  /** The time in the form of the API. */
  timestamp(): string
}

const idPrefix: Readonly<Record<string, string>> = {
  VirtualMachine: 'vm-', HostSystem: 'host-', Folder: 'group-v', ResourcePool: 'resgroup-', Datastore: 'datastore-',
  Network: 'network-', DistributedVirtualPortgroup: 'dvportgroup-', OpaqueNetwork: 'network-o', VmwareDistributedVirtualSwitch: 'dvs-',
  ClusterComputeResource: 'domain-c', ComputeResource: 'domain-s', Datacenter: 'datacenter-', StoragePod: 'group-p',
  VirtualMachineSnapshot: 'snapshot-', Task: 'task-',
} // biome-ignore format: a table

export function createWorld(
  parts: Pick<World, 'api' | 'clock' | 'timing' | 'switches' | 'content' | 'isHostAgent'>,
): World {
  const objects = new Map<string, ManagedObject>()
  const byType = new Map<string, Set<ManagedObject>>()
  const listeners = new Set<() => void>()
  const series = new Map<string, number>()
  const { api, clock } = parts

  // Told when the work that changes things has come to its end, so that nobody sees it half done.
  let toBeTold = false
  const changed = (): void => {
    if (toBeTold) return
    toBeTold = true
    queueMicrotask(() => {
      toBeTold = false
      for (const listener of [...listeners]) listener()
    })
  }
  const next = (name: string): number => {
    const number = (series.get(name) ?? 0) + 1
    series.set(name, number)
    return number
  }
  const lookUp = (ref: Ref): ManagedObject | undefined => objects.get(keyOf(ref))
  return {
    ...parts,
    lookUp,
    next,
    add(type, state, value) {
      const name = value ?? `${idPrefix[type] ?? `${type}-`}${next(type === 'Task' ? 'task' : 'object')}`
      const object = { ref: { type, value: name }, state, revision: 1 }
      objects.set(keyOf(object.ref), object)
      const list = byType.get(type) ?? new Set()
      byType.set(type, list.add(object))
      changed()
      return object
    },
    remove(object) {
      objects.delete(keyOf(object.ref))
      byType.get(object.ref.type)?.delete(object)
      changed()
    },
    get<Type extends ManagedTypeName>(type: Type, ref: Ref | undefined, argument = 'obj'): ManagedObject<Type> {
      if (ref === undefined) throw vimFault('InvalidArgument', { invalidProperty: argument })
      const object = lookUp(ref)
      if (object === undefined) throw vimFault('ManagedObjectNotFound', { obj: ref }, notFoundText(ref))
      if (!api.isKindOf(object.ref.type, type)) throw vimFault('InvalidArgument', { invalidProperty: argument })
      return object as ManagedObject<Type> // its type was looked at
    },
    all<Type extends ManagedTypeName>(type: Type): ManagedObject<Type>[] {
      const found = [...byType].filter(([name]) => api.isKindOf(name, type)).flatMap(([, list]) => [...list])
      return found as ManagedObject<Type>[] // as the filter says
    },
    change(object, state) {
      Object.assign(object.state, state)
      object.revision += 1
      changed()
    },
    onChange(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    timestamp: () => new Date(clock.now()).toISOString(),
  }
}

export const notFoundText = (ref: Ref): string =>
  `The object '${ref.type}:${ref.value}' has already been deleted or has not been completely created`

/** A list of references without one. */
export const withoutRef = (list: readonly Ref[] | undefined, ref: Ref): Ref[] =>
  (list ?? []).filter((each) => !sameRef(each, ref))
