/** The part of JSON Schema (2020-12, as OpenAPI 3.1 uses it) that an API tree of Proxmox VE needs, plus its own facts as `x-` members. */
export type SchemaType = 'string' | 'integer' | 'number' | 'boolean' | 'array' | 'object' | 'null'

export interface Schema {
  readonly $ref?: string
  readonly type?: SchemaType | readonly SchemaType[]
  readonly enum?: readonly (string | number)[]
  readonly const?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly pattern?: string
  readonly format?: string
  readonly default?: string | number | boolean
  readonly items?: Schema
  readonly properties?: Readonly<Record<string, Schema>>
  /** Indexed members: the key is the pattern of the whole name, `^net[0-9]+$`. */
  readonly patternProperties?: Readonly<Record<string, Schema>>
  readonly additionalProperties?: boolean | Schema
  readonly required?: readonly string[]
  readonly oneOf?: readonly Schema[]
  /** Name of an entry in `components.x-property-strings`: the grammar of `key=value,...` strings. */
  readonly 'x-property-string'?: string
  readonly 'x-requires'?: string
  readonly 'x-type-property'?: string
  readonly 'x-instance-types'?: readonly string[]
  /** What the vendor's interface renders the number as, so its unit: `bytes`, `duration` (seconds), `timestamp`. */
  readonly 'x-renderer'?: string
  /** The wire may carry another type than declared: `string` = a number may come where a string is declared. */
  readonly 'x-arrives-as'?: 'number'
}

/** One member of a property string; aliases hold only `alias` and perhaps `keyAlias`. */
export interface PropertyStringMember extends Schema {
  readonly optional?: true
  readonly defaultKey?: true
  readonly alias?: string
  readonly keyAlias?: string
}

export type PropertyString = Readonly<Record<string, PropertyStringMember>>

/** `net[n]` of the vendor's tree to the pattern of the whole name, and back. */
export function indexedPattern(name: string): string {
  return `^${name.slice(0, -3)}[0-9]+$`
}

export function indexedName(pattern: string): string {
  return `${pattern.slice(1, -'[0-9]+$'.length)}[n]`
}

export function isIndexed(name: string): boolean {
  return name.endsWith('[n]')
}
