import { describe, expect, it } from 'vitest'
import {
  compileDecoder,
  compileEncoder,
  createAtomPart,
  createDecodeReport,
  type DecodeReport,
  soapBindings,
  soapPart,
  type XmlSchema,
} from '../../packages/wire/src/xml/index.js'
import { parseXml } from '../../packages/wire/src/xml/read/parse-xml.js'
import { indexOfSchema } from '../../packages/wire/src/xml/schema/type-table.js'
import { recordedDocuments } from '../../packages/wire/src/xml/testing/recordings.js'
import { type AnyTypes, planHmc, planVim, schemaOf } from './testing/parts.js'

const documents = recordedDocuments()
const uom = 'http://www.ibm.com/xmlns/systems/power/firmware/uom/mc/2012_10/'

/** Not well-formed: a test document that was cut by hand. */
const malformed = /^126-/

interface Outcome {
  readonly name: string
  readonly key: string
  readonly value: unknown
  readonly report: DecodeReport
}

function decodeAll(
  schema: XmlSchema<AnyTypes>,
  texts: readonly { readonly name: string; readonly bytes: Buffer }[],
): Outcome[] {
  const index = indexOfSchema(schema)
  return texts.map(({ name, bytes }) => {
    const root = parseXml(bytes)
    const key = index.element(root.namespace, root.name)
    if (key === undefined) throw new Error(`${name}: the schema has no element ${root.name}`)
    const report = createDecodeReport()
    return { name, key, value: compileDecoder(schema, key).decode(bytes, { report }), report }
  })
}

function totals(outcomes: readonly Outcome[], select: (report: DecodeReport) => ReadonlyMap<string, number>): string[] {
  const all = new Map<string, number>()
  for (const { report } of outcomes) for (const [key, n] of select(report)) all.set(key, (all.get(key) ?? 0) + n)
  return [...all].map(([key, n]) => `${key}: ${n}`).sort()
}

/** Names of what open places hold as a tree, because the schema does not have it. */
function treesInOpenPlaces(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return []
  const object = value as Readonly<Record<string, unknown>> // seen by its properties
  const content = object.content
  const inner = Object.values(object).flatMap(treesInOpenPlaces)
  if (typeof content !== 'object' || content === null || !('value' in content) || !('name' in content)) return inner
  const held = content.value
  const isTree = typeof held === 'object' && held !== null && 'children' in held && 'attributes' in held
  return isTree ? [String(content.name), ...inner] : inner
}

const bindings = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema"'
const soapStart = `<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" ${bindings}><e:Body>`

/** Requests are recorded without the envelope that bound their prefixes. */
function inEnvelope({ name, bytes }: { readonly name: string; readonly bytes: Buffer }): {
  name: string
  bytes: Buffer
} {
  const text = bytes.toString()
  return { name, bytes: /Envelope/.test(text) ? bytes : Buffer.from(`${soapStart}${text}</e:Body></e:Envelope>`) }
}

describe.skipIf(documents === undefined)('recorded documents against generated tables', () => {
  const hmc = documents?.filter(({ name }) => /^\d{3}-/.test(name) && !malformed.test(name)) ?? []
  const vsphere = documents?.filter(({ name }) => !/^\d{3}-/.test(name)).map(inEnvelope) ?? []

  it('every HMC document decodes, with nothing unknown in it', () => {
    const outcomes = decodeAll(schemaOf(planHmc(), undefined, createAtomPart(uom)), hmc)
    expect(outcomes.length).toBeGreaterThan(70)
    expect(totals(outcomes, (report) => report.unknownElements)).toEqual([])
    expect(totals(outcomes, (report) => report.unknownTypes)).toEqual([])
    expect(totals(outcomes, (report) => report.invalidValues)).toEqual([])
    expect(outcomes.flatMap(({ value }) => treesInOpenPlaces(value))).toEqual([])
  })

  it('documents of a newer HMC tell what is unknown', () => {
    const [feed] = hmc.filter(({ name }) => name.startsWith('034-'))
    if (feed === undefined) throw new Error('recording 034 is missing')
    const text = feed.bytes.toString().replace(/<PartitionName /g, '<NewThing kb="ROR">1</NewThing><PartitionName ')
    const schema = schemaOf(planHmc(), undefined, createAtomPart(uom))
    const outcomes = decodeAll(schema, [{ name: feed.name, bytes: Buffer.from(text) }])
    expect(totals(outcomes, (report) => report.unknownElements)).toEqual([
      expect.stringMatching(/^LogicalPartition\/NewThing: \d+$/),
    ])
  })

  it('every vSphere exchange decodes, with nothing unknown in it', () => {
    const outcomes = decodeAll(schemaOf(planVim(), undefined, soapPart), vsphere)
    expect(outcomes.length).toBeGreaterThan(40)
    expect(totals(outcomes, (report) => report.unknownElements)).toEqual([])
    expect(totals(outcomes, (report) => report.unknownTypes)).toEqual([])
    expect(totals(outcomes, (report) => report.invalidValues)).toEqual([])
    expect(outcomes.flatMap(({ value }) => treesInOpenPlaces(value))).toEqual([])
  })

  it('a program that loads what it uses decodes the same', () => {
    const plan = planVim()
    const all = decodeAll(schemaOf(plan, undefined, soapPart), vsphere)
    const parts = [
      'virtual-machine',
      'host-system',
      'datastore',
      'property-collector',
      'view-manager',
      'session-manager',
      'service-instance',
      'task',
      'faults',
    ]
    const some = decodeAll(schemaOf(plan, parts, soapPart), vsphere)
    expect(some.map(({ value }) => value)).toEqual(all.map(({ value }) => value))
  })

  it('recorded requests can be written from what was read of them', () => {
    const schema = schemaOf(planVim(), undefined, soapPart)
    const requests = decodeAll(
      schema,
      vsphere.filter(({ name }) => name.endsWith('request')),
    )
    const encoder = compileEncoder(schema, 'SoapEnvelope', { bound: soapBindings })
    const again = requests.map(({ name, value }) => {
      const text = encoder.encode(value).replace('<Envelope', `<Envelope ${bindings}`)
      return { name, bytes: Buffer.from(text) }
    })
    expect(requests.length).toBeGreaterThan(15)
    expect(decodeAll(schema, again).map(({ value }) => value)).toEqual(requests.map(({ value }) => value))
  })
})
