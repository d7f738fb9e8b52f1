import { execFileSync } from 'node:child_process'
import { readFileSync, rmSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { compileDecoder, createItemScanner } from '@dcm/wire/xml'
import { build } from 'esbuild'
import { XMLParser } from 'fast-xml-parser'
import { SaxesParser } from 'saxes'
import type { Measured } from './child.js'
import { compare } from './compare.js'
import { partitionSchema, vimSchema, writePartitionFeed, writeVimAnswer } from './xml-input.js'

interface Input {
  readonly file: string
}

/** Enough that what counts is decoding, and not how soon the engine has compiled it. */
const partitions = 3000

/** Partition entries and vSphere answers from bytes to objects, and the memory of a long feed. */
export async function xmlBenchmarks(): Promise<void> {
  const feed = writePartitionFeed(partitions)
  const answer = writeVimAnswer(10_000)
  const long = writePartitionFeed(10_000)
  try {
    await compare({
      name: `XML: ${partitions} partition entries, ${megabytes(feed)} MB, from a Buffer to objects`,
      candidates: [
        { label: 'typed decoder', module: 'xml', export: 'typedEntries' },
        { label: 'typed decoder, seven properties selected', module: 'xml', export: 'selectedEntries' },
        { label: 'saxes building plain objects', module: 'xml', export: 'saxesObjects' },
        { label: 'fast-xml-parser defaults', module: 'xml', export: 'fastXmlParser' },
      ],
      input: { file: feed },
    })
    await compare({
      name: `XML: answer with 10,000 VMs of seven properties, ${megabytes(answer)} MB`,
      candidates: [
        { label: 'typed decoder', module: 'xml', export: 'typedObjects' },
        { label: 'saxes building plain objects', module: 'xml', export: 'saxesObjects' },
        { label: 'fast-xml-parser defaults', module: 'xml', export: 'fastXmlParser' },
      ],
      input: { file: answer },
    })
    await streamFeed(long)
  } finally {
    for (const file of [feed, answer, long]) rmSync(dirname(file), { recursive: true })
  }
}

function megabytes(file: string): string {
  return (statSync(file).size / 1e6).toFixed(1)
}

/** Peak memory is that of a process that does nothing else, so without the loader of this one. */
async function streamFeed(file: string): Promise<void> {
  console.log(`\nXML: feed of 10,000 entries, ${megabytes(file)} MB, streamed in pieces of 64 kB`)
  const outfile = join(dirname(file), 'xml-stream.mjs')
  await build({
    entryPoints: [fileURLToPath(new URL('xml-stream.ts', import.meta.url))],
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile,
    logLevel: 'error',
    define: { 'import.meta.url': JSON.stringify(import.meta.url) },
  })
  console.log(execFileSync(process.execPath, [outfile, file], { encoding: 'utf8' }).trimEnd())
}

function measured(run: () => void): Promise<Measured> {
  return Promise.resolve({
    run: () => Promise.resolve(run()),
    close: () => Promise.resolve(),
  })
}

export function typedEntries({ file }: Input): Promise<Measured> {
  const bytes = readFileSync(file)
  const decoder = compileDecoder(partitionSchema(), 'AtomFeed')
  return measured(() => {
    decoder.decode(bytes)
  })
}

export function selectedEntries({ file }: Input): Promise<Measured> {
  const bytes = readFileSync(file)
  const schema = partitionSchema()
  const select = {
    PartitionName: true,
    PartitionID: true,
    PartitionUUID: true,
    PartitionState: true,
    PartitionType: true,
    OperatingSystemVersion: true,
    PartitionMemoryConfiguration: { CurrentMemory: true },
  }
  const item = compileDecoder(schema as typeof schema & { typeMap?: never }, 'LogicalPartition', { select } as object)
  return measured(() => {
    const scanner = createItemScanner({ path: ['feed', 'entry', 'content', 'LogicalPartition'], item })
    scanner.push(bytes)
    scanner.end()
  })
}

export function typedObjects({ file }: Input): Promise<Measured> {
  const bytes = readFileSync(file)
  const item = compileDecoder(vimSchema(), 'ObjectContent')
  return measured(() => {
    const path = ['Envelope', 'Body', 'RetrievePropertiesExResponse', 'returnval', 'objects']
    const scanner = createItemScanner({ path, item })
    const { length } = [...scanner.push(bytes), ...scanner.end()]
    if (length !== 10_000) throw new Error(`${length} objects instead of 10,000`)
  })
}

export function fastXmlParser({ file }: Input): Promise<Measured> {
  const bytes = readFileSync(file)
  return measured(() => {
    new XMLParser().parse(bytes)
  })
}

/** The usual way: an object for an element with children or attributes, a text for the others, repeated names as lists. */
export function saxesObjects({ file }: Input): Promise<Measured> {
  const bytes = readFileSync(file)
  return measured(() => {
    readWithSaxes(bytes.toString('utf8'))
  })
}

function readWithSaxes(text: string): unknown {
  const parser = new SaxesParser({ xmlns: true })
  const open: Record<string, unknown>[] = [{}]
  let value = ''
  parser.on('opentag', ({ attributes }) => {
    const object: Record<string, unknown> = {}
    for (const attribute of Object.values(attributes)) {
      if (attribute.uri !== 'http://www.w3.org/2000/xmlns/') object[attribute.local] = attribute.value
    }
    open.push(object)
    value = ''
  })
  parser.on('text', (piece) => {
    value += piece
  })
  parser.on('closetag', ({ local }) => {
    const object = open.pop() ?? {}
    const parent = open.at(-1) ?? {}
    const text = value.trim()
    if (text !== '') object['#text'] = text
    value = ''
    const known = parent[local]
    if (known === undefined) parent[local] = object
    else if (Array.isArray(known)) known.push(object)
    else parent[local] = [known, object]
  })
  parser.write(text).close()
  return open[0]
}
