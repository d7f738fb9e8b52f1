/**
 * `specs/vsphere/vim25.json`: what is known of the vim25 interface, in a form that is small and stable in a diff.
 *
 * A property, parameter or result is one string: `name:type`, then `?` optional, `*` list, `!` a secret, `@2.5` since (where it
 * differs from its owner's), `=X` the managed type a reference points to or the enumeration that lists a string's values, and
 * `%X.Y` the privilege that reading it takes. Types of XML Schema have their plain names.
 */
export interface VimFacts {
  readonly interface: string
  readonly namespace: string
  readonly version: string
  readonly enumerations: Readonly<Record<string, EnumerationFacts>>
  readonly types: Readonly<Record<string, TypeFacts>>
  readonly managedTypes: Readonly<Record<string, ManagedTypeFacts>>
  /** Methods that the interface has, of objects that are not known. */
  readonly unassignedMethods: Readonly<Record<string, MethodFacts>>
}

export interface EnumerationFacts {
  readonly since?: string
  readonly native?: string
  readonly values: readonly string[]
  /** Values that came later than the enumeration. */
  readonly later?: Readonly<Record<string, string>>
}

export interface TypeFacts {
  readonly extends?: string
  readonly since?: string
  readonly native?: string
  /** In wire order, without those of the base. */
  readonly properties: readonly string[]
}

export interface ManagedTypeFacts {
  readonly extends?: string
  readonly since?: string
  readonly native?: string
  readonly properties: readonly string[]
  readonly methods: Readonly<Record<string, MethodFacts>>
}

export interface MethodFacts {
  readonly since?: string
  readonly privilege?: string
  /** In wire order, after `_this`. */
  readonly parameters: readonly string[]
  /** As a property without name. */
  readonly result?: string
  /** What the task ends with: a type, with `*` for a list, or `void`. */
  readonly task?: string
  readonly faults?: readonly string[]
}

export interface PropertyFacts {
  readonly name: string
  readonly type: string
  readonly optional: boolean
  readonly list: boolean
  readonly secret: boolean
  readonly since?: string
  /** Managed type of a reference, or enumeration of a string. */
  readonly of?: string
  readonly privilege?: string
}

const form = /^(\w*):(\w+)(\??)(\*?)(!?)(?:@([\w.]+))?(?:=(\w+))?(?:%([\w.]+))?$/

export function readProperty(text: string): PropertyFacts {
  const [, name, type, optional, list, secret, since, of, privilege] = form.exec(text) ?? []
  if (name === undefined || type === undefined) throw new TypeError(`${text} is not a property`)
  return {
    name,
    type,
    optional: optional === '?',
    list: list === '*',
    secret: secret === '!',
    ...(since !== undefined && { since }),
    ...(of !== undefined && { of }),
    ...(privilege !== undefined && { privilege }),
  }
}

export function writeProperty(property: PropertyFacts): string {
  const { name, type, optional, list, secret, since, of, privilege } = property
  return [
    `${name}:${type}`,
    optional ? '?' : '',
    list ? '*' : '',
    secret ? '!' : '',
    since === undefined ? '' : `@${since}`,
    of === undefined ? '' : `=${of}`,
    privilege === undefined ? '' : `%${privilege}`,
  ].join('')
}
