import { readFileSync } from 'node:fs'

/** How a schema is to be read and laid out; `xsd2ts.json` beside the schema, all of it optional. */
export interface GeneratorConfig {
  /** Name of the schema in generated code: `Vim25` gives `loadVim25Schema`. Default `Schema`. */
  readonly name?: string
  /** Comes into the header of every file, such as the version of the schema. */
  readonly source?: string
  /** How `xs:string` is read: as sent, or without outer white space. Default `string`. */
  readonly text?: 'string' | 'token'
  /** Endings of wire names and what TypeScript names have in their place: `{ ".Type": "" }`. The first that fits is used. */
  readonly typeNames?: Readonly<Record<string, string>>
  /** By URI: folder of its files, and what its types' names begin with where another namespace has the same name. */
  readonly namespaces?: Readonly<Record<string, NamespaceConfig>>
  /** Namespaces that are left out; elements of them count as unknown. */
  readonly omitNamespaces?: readonly string[]
  /** Namespaces whose files may be missing; what refers to them is left out. */
  readonly optionalNamespaces?: readonly string[]
  /** Names of types that are left out where nothing names them; `ArrayOf*` for a beginning. */
  readonly omitTypes?: readonly string[]
  /** Elements that are never read: `["Metadata"]`. */
  readonly skipElements?: readonly string[]
  /** Attributes that are not part of a value. A type of text with only such attributes is plain text. */
  readonly ignoreAttributes?: readonly string[]
  /** Attributes whose value comes from the encoder's options, and the types (names in TypeScript, `*Links` for an ending) without them. */
  readonly constructedAttributes?: Readonly<Record<string, { readonly except?: readonly string[] }>>
  /** Namespace of attributes that carry facts about an element: access code, group, since-version. */
  readonly factsNamespace?: string
  /** Bases that say nothing about what can stand where: `["DynamicData"]`. */
  readonly commonBases?: readonly string[]
  /** Bases whose subtypes are so many that they have a module of their own, loaded by its name: `{ "Event": "events" }`. */
  readonly modulesOfSubtypes?: Readonly<Record<string, string>>
  /** Whether texts of `xs:documentation` come into doc comments. Default false: they belong to whoever wrote the schema. */
  readonly documentation?: boolean
}

export interface NamespaceConfig {
  readonly folder?: string
  readonly prefix?: string
}

const known: ReadonlySet<string> = new Set([
  'name',
  'source',
  'text',
  'typeNames',
  'namespaces',
  'omitNamespaces',
  'optionalNamespaces',
  'omitTypes',
  'skipElements',
  'ignoreAttributes',
  'constructedAttributes',
  'factsNamespace',
  'commonBases',
  'modulesOfSubtypes',
  'documentation',
])

export function readConfig(file: string): GeneratorConfig {
  const value: unknown = JSON.parse(readFileSync(file, 'utf8'))
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new TypeError(`${file} must hold one object`)
  }
  for (const key of Object.keys(value)) {
    if (!known.has(key))
      throw new TypeError(`${file}: there is no setting ${key}; settings are ${[...known].join(', ')}`)
  }
  return value
}
