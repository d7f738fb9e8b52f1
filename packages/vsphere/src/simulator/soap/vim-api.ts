import {
  compileDecoder,
  compileEncoder,
  indexOfSchema,
  type SchemaIndex,
  type SchemaPart,
  soapBindings,
  soapPart,
  type XmlSchema,
} from '@dcm/wire/xml'
import { loadVim25Facts } from '../../generated/facts.js'
import type { ManagedTypeFacts, MethodFacts } from '../../generated/managed-type-facts.js'
import { loadVim25Schema, partOfVim25, type Vim25Part } from '../../generated/schema.js'
import type { Vim25ManagedTypes } from '../../generated/types.js'

export const vimNamespace = 'urn:vim25'

/** Types whose objects exist in the simulator, with their bases. */
const servedTypes = [
  'ServiceInstance', 'SessionManager', 'PropertyCollector', 'PropertyFilter', 'ViewManager', 'View', 'ManagedObjectView',
  'ContainerView', 'ListView', 'SearchIndex', 'Task', 'TaskManager', 'EventManager', 'HistoryCollector',
  'EventHistoryCollector', 'PerformanceManager', 'AuthorizationManager', 'StorageResourceManager', 'ExtensibleManagedObject',
  'ManagedEntity', 'Folder', 'StoragePod', 'Datacenter', 'ComputeResource', 'ClusterComputeResource', 'HostSystem',
  'ResourcePool', 'VirtualApp', 'Datastore', 'Network', 'OpaqueNetwork', 'DistributedVirtualPortgroup',
  'DistributedVirtualSwitch', 'VmwareDistributedVirtualSwitch', 'VirtualMachine', 'VirtualMachineSnapshot',
  'GuestOperationsManager', 'GuestFileManager', 'GuestProcessManager', 'OvfManager', 'HttpNfcLease', 'FileManager',
  'HostDatastoreBrowser',
] as const satisfies readonly (keyof Vim25ManagedTypes)[] // biome-ignore format: a list

/** Reads one property of any object; older clients send it, the WSDL does not have it. */
const fetchPart: SchemaPart = {
  namespace: vimNamespace,
  elements: { Fetch: 'FetchRequest', FetchResponse: 'FetchResponse' },
  types: { FetchRequest: '_this:ManagedObjectReference! prop:string!', FetchResponse: 'returnval:any' },
}

export interface PropertyFacts {
  readonly kind: string
  readonly list: boolean
}

/** What the API says of types, methods and properties, and its encoding. */
export interface VimApi {
  readonly schema: XmlSchema
  readonly index: SchemaIndex
  isKindOf(managedType: string, base: string): boolean
  /** True for a managed type that the API has, also one of which there are no objects here. */
  isManagedType(name: string): boolean
  method(managedType: string, name: string): MethodFacts | undefined
  property(managedType: string, name: string): PropertyFacts | undefined
  /** Names of all properties, those of the bases first. */
  propertiesOf(managedType: string): readonly string[]
  decode(key: string, xml: Uint8Array | string): unknown
  encode(key: string, element: string, value: unknown): string
}

export async function loadVimApi(): Promise<VimApi> {
  const parts = new Set<Vim25Part>(['faults', 'events'])
  const facts = new Map<string, ManagedTypeFacts>()
  for (const name of servedTypes) {
    const [part, known] = [partOfVim25(name), await loadVim25Facts(name)]
    if (part !== undefined) parts.add(part)
    if (known !== undefined) facts.set(name, known)
  }
  const schema: XmlSchema = await loadVim25Schema([...parts], soapPart, fetchPart)
  return createVimApi(schema, facts)
}

function createVimApi(schema: XmlSchema, facts: ReadonlyMap<string, ManagedTypeFacts>): VimApi {
  const index = indexOfSchema(schema)
  const untyped = schema as XmlSchema<Record<string, unknown>> // keys come from requests
  const decoders = new Map<string, { decode(input: Uint8Array | string): unknown }>()
  const encoders = new Map<string, { encode(value: never): string }>()
  const properties = new Map<string, ReadonlyMap<string, PropertyFacts>>()

  /** Most general first. */
  function lineage(managedType: string): readonly ManagedTypeFacts[] {
    const own = facts.get(managedType)
    if (own === undefined) return []
    return [...(own.extends === undefined ? [] : lineage(own.extends)), own]
  }
  function propertyTable(managedType: string): ReadonlyMap<string, PropertyFacts> {
    const known = properties.get(managedType)
    if (known !== undefined) return known
    const words = lineage(managedType).flatMap((each) => each.properties.split(' ').filter((word) => word !== ''))
    const table = new Map(
      words.map((word) => {
        const [name = '', kind = ''] = word.replace(/!$/, '').split(':')
        return [name, { kind: kind.replace('*', ''), list: kind.includes('*') }]
      }),
    )
    properties.set(managedType, table)
    return table
  }
  return {
    schema,
    index,
    isKindOf: (managedType, base) =>
      base === 'ManagedObject' || managedType === base || lineage(managedType).some((each) => each.name === base),
    isManagedType: (name) => name === 'ManagedObject' || partOfVim25(name) !== undefined,
    method(managedType, name) {
      return lineage(managedType).findLast((each) => Object.hasOwn(each.methods, name))?.methods[name]
    },
    property: (managedType, name) => propertyTable(managedType).get(name),
    propertiesOf: (managedType) => [...propertyTable(managedType).keys()],
    decode(key, xml) {
      const decoder = decoders.get(key) ?? compileDecoder(untyped, key)
      decoders.set(key, decoder)
      return decoder.decode(xml)
    },
    encode(key, element, value) {
      const name = `${key} ${element}`
      // Keys are known at run time alone.
      const encoder =
        encoders.get(name) ??
        compileEncoder<object, never>(schema, key as never, { element, namespace: vimNamespace, bound: soapBindings })
      encoders.set(name, encoder)
      return encoder.encode(value as never) // what is no such value is refused by the encoder
    },
  }
}
