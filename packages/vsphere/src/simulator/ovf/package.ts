import type { XmlElement } from '@dcm/wire/xml'
import { readDescriptor, readEnvelope } from './descriptor.js'
import { attributeOf, everythingIn, textIn } from './elements.js'

/** What a descriptor says of the one machine that it describes. */
export interface OvfPackage {
  readonly name: string
  readonly annotation: string
  readonly eulas: readonly string[]
  /** Names of its networks, which a deployment maps to those of the platform. */
  readonly networks: readonly string[]
  /** Names of the files that belong to it. */
  readonly files: readonly string[]
  /** `debian12_64Guest`; undefined where only the number of the standard is told. */
  readonly guestId: string | undefined
  readonly cpus: number
  readonly memoryMB: number
  readonly diskGiB: readonly number[]
  /** The network of each card. */
  readonly cards: readonly string[]
}

/** Kinds of items by the numbers of the standard (CIM resource types). */
const kinds = { processor: '3', memory: '4', card: '10', disk: '17' } as const
const mebibyte = 1_048_576

/** Undefined for what is no description of one machine: no OVF, or a collection of machines. */
export function readPackage(text: string): OvfPackage | undefined {
  const [root, told] = [readEnvelope(text), readDescriptor(text)]
  if (root === undefined || told === undefined) return undefined
  const all = everythingIn(root)
  const named = (name: string) => all.filter((element) => element.name === name)
  const [system, ...others] = named('VirtualSystem')
  if (system === undefined || others.length > 0) return undefined
  const items = named('Item')
  const ofKind = (kind: string) => items.filter((item) => textIn(item, 'ResourceType') === kind)
  const sizes = new Map(named('Disk').map((disk) => [attributeOf(disk, 'diskId'), capacityOf(disk)]))
  const [processor, memory] = [ofKind(kinds.processor)[0], ofKind(kinds.memory)[0]]
  return {
    name: textIn(system, 'Name') || told.defaultEntityName,
    annotation: told.annotation,
    eulas: told.eula,
    networks: told.network.map(({ name }) => name),
    files: named('File').map((file) => attributeOf(file, 'href') ?? ''),
    guestId: named('OperatingSystemSection').map((section) => attributeOf(section, 'osType'))[0],
    cpus: processor === undefined ? 1 : Number(textIn(processor, 'VirtualQuantity')),
    memoryMB: memory === undefined ? 1_024 : quantityOf(memory) / mebibyte,
    diskGiB: ofKind(kinds.disk).map((disk) => {
      const bytes = sizes.get(textIn(disk, 'HostResource').replace(/^.*\//, '')) ?? 0
      return (Math.ceil(bytes / mebibyte) * mebibyte) / 2 ** 30
    }),
    cards: ofKind(kinds.card).map((card) => textIn(card, 'Connection')),
  }
}

function quantityOf(item: XmlElement): number {
  return Number(textIn(item, 'VirtualQuantity')) * bytesIn(textIn(item, 'AllocationUnits'))
}

function capacityOf(disk: XmlElement): number {
  return Number(attributeOf(disk, 'capacity')) * bytesIn(attributeOf(disk, 'capacityAllocationUnits') ?? 'byte')
}

/** `byte * 2^20` is 1,048,576; older descriptors write words. */
function bytesIn(units: string): number {
  const power = /^byte\s*\*\s*2\^(\d+)$/.exec(units.trim())?.[1]
  if (power !== undefined) return 2 ** Number(power)
  return { megabytes: mebibyte, gigabytes: 2 ** 30 }[units.trim().toLowerCase()] ?? 1
}
