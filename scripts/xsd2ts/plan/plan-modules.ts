import type { GeneratorConfig } from '../config.js'
import type { Hierarchies } from '../model/hierarchy.js'
import type { GlobalElement, ManagedType, SchemaModel, TypeId, TypeModel } from '../model/schema-model.js'
import { kebabCase } from './identifiers.js'
import { findRoots, largeHierarchies, type Root, typesReached } from './reach.js'

/** One generated file: types of one namespace, and the managed type that they belong to. */
export interface ModulePlan {
  /** Below the output folder, without ending: `uom/logical-partition`, `shared/vm-device`. */
  readonly path: string
  readonly namespace: string
  readonly types: readonly TypeModel[]
  readonly elements: readonly GlobalElement[]
  readonly managedType: ManagedType | undefined
  /** Paths of the modules that a program needs with this one, itself among them. */
  readonly needs: readonly string[]
}

/** Families with fewer types than this are part of `common`. */
const smallestFamily = 4
/** Types that this part of all managed types or elements can hold are needed by most programs, and are in `core`. */
const widelyUsed = 0.25
/** With fewer roots than this nearly everything would be widely used. */
const fewRoots = 40

/**
 * Lays types out in files. What only one managed type or element can hold is in the file of that one; what several hold is in
 * `shared/` by its family. So a program loads a type with what belongs to it, not with the whole schema.
 */
export function planModules(model: SchemaModel, hierarchies: Hierarchies, config: GeneratorConfig): ModulePlan[] {
  const roots = findRoots(model, config)
  const large = largeHierarchies(model, config)
  const reached = (seeds: readonly TypeId[]): ReadonlySet<TypeId> => typesReached(model, hierarchies, large, seeds)
  const reach = new Map(roots.map((root) => [root, reached(root.seeds)]))
  const folders = namespaceFolders(model, config)
  const groups = groupTypes(model, roots, reach)
  const paths = new Map<TypeId, string>()
  for (const type of model.types.values()) paths.set(type.id, join(folders.get(type.namespace), groups.get(type.id)))

  const plans = new Map<
    string,
    { namespace: string; types: TypeModel[]; elements: GlobalElement[]; managed?: ManagedType }
  >()
  const planOf = (path: string, namespace: string) => {
    const plan = plans.get(path) ?? { namespace, types: [], elements: [] }
    plans.set(path, plan)
    return plan
  }
  for (const type of model.types.values()) planOf(paths.get(type.id) ?? '', type.namespace).types.push(type)
  for (const managed of model.managedTypes) {
    const namespace = model.elements[0]?.namespace ?? ''
    planOf(join(folders.get(namespace), kebabCase(managed.name)), namespace).managed = managed
  }
  for (const element of model.elements) {
    const own = 'type' in element.value ? paths.get(element.value.type) : undefined
    const sameNamespace = own !== undefined && plans.get(own)?.namespace === element.namespace
    const path = sameNamespace ? own : join(folders.get(element.namespace), 'shared/common')
    planOf(path, element.namespace).elements.push(element)
  }

  const needs = needsOfModules(model, roots, reached, plans, paths)
  return [...plans]
    .map(([path, { managed, ...plan }]) => ({ path, ...plan, managedType: managed, needs: needs(path) }))
    .sort((a, b) => (a.path < b.path ? -1 : 1))
}

function join(folder: string | undefined, file: string | undefined): string {
  return folder === undefined || folder === '' ? (file ?? '') : `${folder}/${file}`
}

function namespaceFolders(model: SchemaModel, config: GeneratorConfig): ReadonlyMap<string, string> {
  const uris = new Set([...model.types.values(), ...model.elements].map(({ namespace }) => namespace))
  const folders = new Map<string, string>()
  for (const uri of uris) {
    const word = uri
      .split(/[/:]/)
      .filter((step) => /^[A-Za-z]/.test(step))
      .at(-1)
    const folder = config.namespaces?.[uri]?.folder ?? (uris.size === 1 ? '' : kebabCase(word ?? 'none'))
    folders.set(uri, [...folders.values()].includes(folder) && folder !== '' ? `${folder}-${folders.size}` : folder)
  }
  return folders
}

function groupTypes(
  model: SchemaModel,
  roots: readonly Root[],
  reach: ReadonlyMap<Root, ReadonlySet<TypeId>>,
): ReadonlyMap<TypeId, string> {
  const owners = new Map<TypeId, Root[]>()
  for (const root of roots) {
    for (const id of reach.get(root) ?? []) owners.set(id, [...(owners.get(id) ?? []), root])
  }
  const isCore = (id: TypeId): boolean =>
    roots.length >= fewRoots && (owners.get(id) ?? []).length > roots.length * widelyUsed
  const shared = [...model.types.values()].filter((type) => (owners.get(type.id) ?? []).length > 1 && !isCore(type.id))
  const sizes = new Map<string, number>()
  for (const { family } of shared) sizes.set(family, (sizes.get(family) ?? 0) + 1)
  const groups = new Map<TypeId, string>()
  for (const type of model.types.values()) {
    const [first, second] = owners.get(type.id) ?? []
    const large = (sizes.get(type.family) ?? 0) >= smallestFamily && type.family !== ''
    if (first === undefined) groups.set(type.id, 'other')
    else if (second === undefined) groups.set(type.id, kebabCase(first.name))
    else if (isCore(type.id)) groups.set(type.id, 'shared/core')
    else groups.set(type.id, `shared/${large ? type.family : 'common'}`)
  }
  return groups
}

function needsOfModules(
  model: SchemaModel,
  roots: readonly Root[],
  reached: (seeds: readonly TypeId[]) => ReadonlySet<TypeId>,
  plans: ReadonlyMap<string, { readonly types: readonly TypeModel[]; readonly managed?: ManagedType }>,
  paths: ReadonlyMap<TypeId, string>,
): (path: string) => string[] {
  const rootOf = new Map(roots.map((root) => [`${root.kind} ${root.name}`, root]))
  const managedOf = new Map(model.managedTypes.map((managed) => [managed.name, managed]))
  // Methods and properties of a managed type's bases are its own as well.
  const seedsOf = (managed: ManagedType | undefined): readonly TypeId[] => {
    if (managed === undefined) return []
    const own = rootOf.get(`managed ${managed.name}`)?.seeds ?? []
    return [...own, ...seedsOf(managed.base === undefined ? undefined : managedOf.get(managed.base))]
  }
  return (path) => {
    const plan = plans.get(path)
    const seeds = [...(plan?.types ?? []).map((type) => type.id), ...seedsOf(plan?.managed)]
    const needed = [...reached(seeds)].map((id) => paths.get(id) ?? '')
    return [...new Set([path, ...needed])].sort()
  }
}
