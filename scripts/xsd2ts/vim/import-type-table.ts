import {
  type EnumerationFacts,
  type ManagedTypeFacts,
  type MethodFacts,
  type PropertyFacts,
  type TypeFacts,
  type VimFacts,
  writeProperty,
} from './type-facts.js'
import type { TableMethod, TableRow, VimTypeTable } from './type-table.js'

/** Brings the merged type table into the form of `specs/vsphere/vim25.json`, names in order of the alphabet. */
export function importTypeTable(table: VimTypeTable): VimFacts {
  const managed = new Set(Object.keys(table.managed))
  return {
    interface: 'vim25',
    namespace: 'urn:vim25',
    version: table.meta.schema,
    enumerations: sorted(table.enums, (entry) => importEnumeration(entry)),
    types: sorted(table.types, (entry, name) => importType(entry, name)),
    managedTypes: sorted(table.managed, (entry) => importManagedType(entry, managed)),
    unassignedMethods: sorted(table.unassignedMethods, (entry) => importMethod(entry)),
  }
}

function sorted<From, To>(
  entries: Readonly<Record<string, From>>,
  convert: (entry: From, name: string) => To,
): Record<string, To> {
  const names = Object.keys(entries).sort()
  return Object.fromEntries(names.map((name) => [name, convert(entries[name] as From, name)])) // a name of the table
}

function importEnumeration(entry: VimTypeTable['enums'][string]): EnumerationFacts {
  return {
    ...(entry.s !== undefined && { since: entry.s }),
    ...(entry.m !== undefined && { native: entry.m }),
    values: entry.v,
    ...(entry.late !== undefined && { later: entry.late }),
  }
}

function importType(entry: VimTypeTable['types'][string], name: string): TypeFacts {
  const extended = entry.b ?? undefined
  return {
    ...(extended !== undefined && extended.startsWith('xsd:') === false && { extends: extended }),
    ...(entry.s && { since: entry.s }),
    ...(entry.v !== undefined && { native: entry.v }),
    properties:
      name === 'ManagedObjectReference' ? [] : entry.p.map((row) => writeProperty(readRow(row, entry.s ?? undefined))),
  }
}

function importManagedType(entry: VimTypeTable['managed'][string], managed: ReadonlySet<string>): ManagedTypeFacts {
  return {
    ...(entry.b !== null && { extends: entry.b }),
    ...(entry.s && { since: entry.s }),
    ...(entry.v !== undefined && { native: entry.v }),
    properties: entry.p.map((row) => writeProperty(readManagedRow(row, entry.s ?? undefined, managed))),
    methods: sorted(entry.m, (method) => importMethod(method)),
  }
}

function importMethod(method: TableMethod): MethodFacts {
  const [type, flags] = method.r ?? []
  const result: PropertyFacts | undefined =
    type === undefined
      ? undefined
      : {
          name: '',
          type: plainType(type),
          optional: flags?.includes('?') === true,
          list: flags?.includes('*') === true,
          secret: false,
          ...(method.mo !== undefined && { of: method.mo }),
        }
  return {
    ...(method.s !== undefined && { since: method.s }),
    ...(method.priv !== undefined && { privilege: method.priv }),
    parameters: method.p.map((row) => writeProperty(readRow(row, method.s))),
    ...(result !== undefined && { result: writeProperty(result) }),
    ...(method.task !== undefined && { task: method.task }),
    ...(method.f !== undefined && method.f.length > 0 && { faults: method.f }),
  }
}

function readRow([name, type, flags, since, refined]: TableRow, ownersSince: string | undefined): PropertyFacts {
  return {
    name: name ?? '',
    type: plainType(type ?? ''),
    optional: flags?.includes('?') === true,
    list: flags?.includes('*') === true,
    secret: flags?.includes('S') === true,
    ...(since && since !== ownersSince && { since }),
    ...(refined && { of: refined }),
  }
}

/** Properties of managed types name the managed type where a reference to one stands, and their privilege last. */
function readManagedRow(row: TableRow, ownersSince: string | undefined, managed: ReadonlySet<string>): PropertyFacts {
  const [name, type, flags, since, privilege] = row
  const property = readRow([name ?? null, type ?? null, flags ?? null, since ?? null], ownersSince)
  const refers = managed.has(property.type) || property.type === 'ManagedObject'
  return {
    ...property,
    ...(refers && { type: 'ManagedObjectReference', of: property.type }),
    ...(privilege && { privilege }),
  }
}

function plainType(type: string): string {
  return type.replace(/^xsd:/, '')
}
