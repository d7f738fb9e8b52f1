import type { Vim25Types } from '../../generated/types.js'
import { vimFault } from '../fault.js'
import type { Session } from '../sessions/sessions.js'
import { keyOf, type ManagedObject, type Ref } from '../world/managed-object.js'
import { notFoundText, type World } from '../world/world.js'
import { isRecord, readPath } from './property-path.js'

type PropertyFilterSpec = Vim25Types['PropertyFilterSpec']
type SelectionSpec = Vim25Types['SelectionSpec']

/** An object as a session sees it: its own views and collectors, and what everybody sees. */
export function resolve(world: World, session: Session | undefined, ref: Ref): ManagedObject | undefined {
  return session?.objects.get(keyOf(ref))?.object ?? world.lookUp(ref)
}

export interface Selection {
  readonly objects: ReadonlyMap<string, ManagedObject>
  /** Named in the specification and gone, where the caller wants to hear of it without a fault. */
  readonly missing: readonly Ref[]
}

/** The objects that a specification reaches, in the order of the walk. */
export function selectObjects(world: World, session: Session | undefined, spec: PropertyFilterSpec): Selection {
  const objects = new Map<string, ManagedObject>()
  const missing: Ref[] = []
  for (const each of spec.objectSet) {
    const start = resolve(world, session, each.obj)
    if (start === undefined) {
      if (spec.reportMissingObjectsInResults !== true)
        throw vimFault('ManagedObjectNotFound', { obj: each.obj }, notFoundText(each.obj))
      missing.push(each.obj)
      continue
    }
    if (each.skip !== true) objects.set(keyOf(start.ref), start)
    const named = new Map<string, SelectionSpec>()
    collectNames(each.selectSet, named)
    walk({ world, session, objects, named, visited: new Map() }, start, each.selectSet)
  }
  return { objects, missing }
}

interface Walk {
  readonly world: World
  readonly session: Session | undefined
  readonly objects: Map<string, ManagedObject>
  readonly named: ReadonlyMap<string, SelectionSpec>
  readonly visited: Map<SelectionSpec, Set<string>>
}

function collectNames(specs: readonly SelectionSpec[], named: Map<string, SelectionSpec>): void {
  for (const spec of specs) {
    if (spec._type !== 'TraversalSpec') continue
    if (spec.name !== undefined) named.set(spec.name, spec)
    collectNames(spec.selectSet, named)
  }
}

function walk(tour: Walk, from: ManagedObject, specs: readonly SelectionSpec[]): void {
  for (const each of specs) {
    const spec = each._type === 'SelectionSpec' ? tour.named.get(each.name ?? '') : each
    if (spec?._type !== 'TraversalSpec')
      throw vimFault('InvalidArgument', { invalidProperty: 'selectSet' }, 'A selection names no traversal')
    if (!tour.world.api.isKindOf(from.ref.type, spec.type)) continue
    const visited = tour.visited.get(spec) ?? new Set<string>()
    tour.visited.set(spec, visited)
    if (visited.has(keyOf(from.ref))) continue
    visited.add(keyOf(from.ref))
    for (const ref of refsAt(tour.world, from, spec.path)) {
      const target = resolve(tour.world, tour.session, ref)
      if (target === undefined) continue
      if (spec.skip !== true) tour.objects.set(keyOf(ref), target)
      walk(tour, target, spec.selectSet)
    }
  }
}

function refsAt(world: World, object: ManagedObject, path: string): Ref[] {
  const { value } = readPath(world.api, object, path)
  return [value].flat().filter(isRef)
}

function isRef(value: unknown): value is Ref {
  return isRecord(value) && typeof value.type === 'string' && typeof value.value === 'string'
}
