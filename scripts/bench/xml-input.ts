// Documents that the XML benchmarks read. Partition entries are recorded ones where recordings are at hand, else made up.
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  compileEncoder,
  createAtomPart,
  defineXmlSchema,
  type SchemaPart,
  soapPart,
  type XmlSchema,
} from '@dcm/wire/xml'

/** Keys of the types that the benchmarks read. Their shapes do not matter here. */
export interface BenchTypes {
  readonly AtomFeed: { readonly entry: readonly unknown[] }
  readonly AtomEntry: unknown
  readonly LogicalPartition: unknown
  readonly ObjectContent: unknown
}

const parts = new URL('../../packages/wire/src/xml/testing/', import.meta.url)

function readPart(name: string): SchemaPart {
  return JSON.parse(readFileSync(new URL(name, parts), 'utf8')) as SchemaPart // written by us beside the tests
}

export function partitionSchema(): XmlSchema<BenchTypes> {
  const part = readPart('partition-part.json')
  return defineXmlSchema(part, createAtomPart(part.namespace))
}

export function vimSchema(): XmlSchema<BenchTypes> {
  return defineXmlSchema(readPart('vim-part.json'), soapPart)
}

const recordings = process.env.DCM_RECORDINGS ?? fileURLToPath(new URL('../../../shared/recordings', import.meta.url))
const recordedFeed = join(recordings, 'hmc', '034-get-uom-ManagedSystem-d47a585d-LogicalPartition.xml')

/** Head, entries and tail of a feed of partitions. */
export function partitionFeed(): { readonly head: string; readonly entries: readonly string[]; readonly tail: string } {
  if (!existsSync(recordedFeed)) return madeUpFeed()
  const text = readFileSync(recordedFeed, 'utf8')
  const entries = text.match(/<entry>[\s\S]*?<\/entry>\s*/g) ?? []
  const start = text.indexOf('<entry>')
  return { head: text.slice(0, start), entries, tail: '</feed>' }
}

function madeUpFeed(): ReturnType<typeof partitionFeed> {
  console.log('no recordings: the partitions are made up; set DCM_RECORDINGS to read recorded ones')
  const encoder = compileEncoder(partitionSchema(), 'LogicalPartition', { constructed: { schemaVersion: 'V1_0' } })
  const text = readPart('partition-part.json').types.LogicalPartition ?? ''
  const value = Object.fromEntries(
    [...text.matchAll(/(\w+):(token|int|boolean)(?= |$)/g)].map(([, name, kind]) => [
      name,
      kind === 'int' ? 4096 : kind === 'boolean' ? false : 'some text of a partition',
    ]),
  )
  const partition = encoder.encode(value).replaceAll(/<\w[^>]*(?=>)/g, '\n    $& kb="CUD" kxe="false"')
  const entry = `<entry>\n<id>0D237132-32FD-4208-B263-5E273080FCC2</id>\n<content type="application/xml">${partition}</content>\n</entry>\n`
  return { head: '<feed xmlns="http://www.w3.org/2005/Atom">\n', entries: [entry], tail: '</feed>' }
}

/** A file with a feed of `count` entries; what it is good for is up to the caller. */
export function writePartitionFeed(count: number): string {
  const { head, entries, tail } = partitionFeed()
  const body = Array.from({ length: count }, (_, index) => entries[index % entries.length]).join('')
  return writeTemporary('feed.xml', head + body + tail)
}

/** A file with the answer of vCenter for `count` VMs of seven properties. */
export function writeVimAnswer(count: number): string {
  const property = (name: string, type: string, value: string): string =>
    `<propSet><name>${name}</name><val xsi:type="${type}">${value}</val></propSet>`
  const objects = Array.from({ length: count }, (_, index) =>
    [
      `<objects><obj type="VirtualMachine">vm-${index}</obj>`,
      property('config.hardware.memoryMB', 'xsd:int', '8192'),
      property('config.hardware.numCPU', 'xsd:int', '4'),
      property('config.instanceUuid', 'xsd:string', `50231d2e-77aa-4c1b-9a1e-0c0f${String(index).padStart(8, '0')}`),
      property(
        'datastore',
        'ArrayOfManagedObjectReference',
        `<ManagedObjectReference type="Datastore" xsi:type="ManagedObjectReference">datastore-${index % 20}</ManagedObjectReference>`,
      ),
      property('guest.ipAddress', 'xsd:string', `10.0.${(index >> 8) & 255}.${index & 255}`),
      property('name', 'xsd:string', `machine-${index}`),
      property('runtime.powerState', 'VirtualMachinePowerState', index % 3 === 0 ? 'poweredOff' : 'poweredOn'),
      '</objects>',
    ].join(''),
  )
  return writeTemporary(
    'answer.xml',
    '<?xml version="1.0" encoding="UTF-8"?>\n<soapenv:Envelope xmlns:soapenc="http://schemas.xmlsoap.org/soap/encoding/" xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\n<soapenv:Body><RetrievePropertiesExResponse xmlns="urn:vim25"><returnval>' +
      objects.join('') +
      '</returnval></RetrievePropertiesExResponse></soapenv:Body></soapenv:Envelope>',
  )
}

function writeTemporary(name: string, text: string): string {
  const file = join(mkdtempSync(join(tmpdir(), 'dcm-bench-')), name)
  writeFileSync(file, text)
  return file
}
