import type { GeneratorConfig } from '../config.js'
import type { Hierarchies } from '../model/hierarchy.js'
import type { SchemaModel, TypeId, TypeModel } from '../model/schema-model.js'
import { makeIdentifier, upperFirst } from './identifiers.js'

/** What generated code imports or takes from the language; no type is called so. */
const reserved: readonly string[] = [
  'Array',
  'ManagedTypeFacts',
  'MethodFacts',
  'NamedContent',
  'Promise',
  'Readonly',
  'Record',
  'SchemaPart',
  'String',
  'UnknownObject',
  'XmlElement',
  'XmlSchema',
]

export interface TypeNames {
  /** Name in TypeScript, and key in the tables. */
  readonly name: ReadonlyMap<TypeId, string>
  /** Name of the interface with what all subtypes have, for types with subtypes. */
  readonly base: ReadonlyMap<TypeId, string>
}

/**
 * Gives each type a name of its own. Of equal names in several namespaces all but the first namespace's get its prefix; an
 * enumeration beside a type of the same name is called `...Value`.
 */
export function nameTypes(model: SchemaModel, hierarchies: Hierarchies, config: GeneratorConfig): TypeNames {
  const taken = new Set<string>([...reserved, ...model.managedTypes.map((managed) => managed.name)])
  const name = new Map<TypeId, string>()
  const base = new Map<TypeId, string>()
  for (const type of inOrderOfNaming(model, config)) {
    const plain = plainName(type, config)
    const prefix = config.namespaces?.[type.namespace]?.prefix ?? ''
    const ending = type.form === 'enumeration' ? 'Value' : type.form === 'restriction' ? 'Text' : 'Type'
    const candidates = [plain, `${prefix}${plain}`, `${plain}${ending}`, `${prefix}${plain}${ending}`]
    const chosen = firstFree(candidates, taken)
    taken.add(chosen)
    name.set(type.id, chosen)
  }
  for (const [id, chosen] of name) {
    if (!hierarchies.hasSubtypes(id)) continue
    const chosenBase = firstFree([`${chosen}Base`, `${chosen}Properties`], taken)
    taken.add(chosenBase)
    base.set(id, chosenBase)
  }
  return { name, base }
}

/** Complex types choose first, and namespaces in the order of the configuration, then of the files. */
function inOrderOfNaming(model: SchemaModel, config: GeneratorConfig): TypeModel[] {
  const types = [...model.types.values()]
  const namespaces = [...new Set([...Object.keys(config.namespaces ?? {}), ...types.map((type) => type.namespace)])]
  const forms = ['complex', 'enumeration', 'restriction']
  const rank = (type: TypeModel): number => namespaces.indexOf(type.namespace) * forms.length + forms.indexOf(type.form)
  return types.sort((a, b) => rank(a) - rank(b))
}

function plainName(type: TypeModel, config: GeneratorConfig): string {
  for (const [ending, replacement] of Object.entries(config.typeNames ?? {})) {
    if (!type.name.endsWith(ending) || type.name === ending) continue
    return upperFirst(makeIdentifier(`${type.name.slice(0, -ending.length)}${replacement}`))
  }
  return upperFirst(makeIdentifier(type.name))
}

function firstFree(candidates: readonly string[], taken: ReadonlySet<string>): string {
  const free = candidates.find((candidate) => !taken.has(candidate))
  if (free !== undefined) return free
  const last = candidates.at(-1) ?? ''
  for (let number = 2; ; number++) if (!taken.has(`${last}${number}`)) return `${last}${number}`
}
