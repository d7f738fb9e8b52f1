// Fuzzes the XML codec: `tsx --conditions=@dcm/source scripts/fuzz/xml.ts [seconds]`, ten minutes for a release. Everything may
// be refused, but only with the documented errors, within bounded time and memory, and two ways to read must agree.
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { compileDecoder } from '../../packages/wire/src/xml/decode/compile-decoder.js'
import { createItemScanner } from '../../packages/wire/src/xml/decode/decode-items.js'
import { compileEncoder } from '../../packages/wire/src/xml/encode/compile-encoder.js'
import { XmlEncodeError } from '../../packages/wire/src/xml/encode/encode-error.js'
import { XmlPatchError } from '../../packages/wire/src/xml/patch/patch-error.js'
import { patchValue } from '../../packages/wire/src/xml/patch/patch-value.js'
import { parseXml } from '../../packages/wire/src/xml/read/parse-xml.js'
import { damagedDocument, generatedDocument } from '../../packages/wire/src/xml/testing/generated-documents.js'
import { cut, readWithReader } from '../../packages/wire/src/xml/testing/reader-tree.js'
import { recordedDocuments } from '../../packages/wire/src/xml/testing/recordings.js'
import { partitionSchema, vimSchema } from '../../packages/wire/src/xml/testing/schemas.js'
import { zooSchema } from '../../packages/wire/src/xml/testing/small-schema.js'
import { XmlError } from '../../packages/wire/src/xml/xml-error.js'

const seconds = Number(process.argv[2] ?? 600)
const slowest = 5000
const largest = 1000
const limits = { maxItemBytes: 4 * 1024 * 1024 }

const recorded = (recordedDocuments() ?? []).filter(({ bytes }) => bytes.length < 120_000).map(({ bytes }) => bytes)
const zooDocument = Buffer.from(
  '<zoo xmlns="urn:zoo" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" open="true"><name>a</name><area>1.5</area><cage id="1"><zoo/></cage><animal xsi:type="Aves"><name>b</name></animal><animal xsi:type="New"/><extra xsi:type="ArrayOfAnimal"><Animal/></extra></zoo>',
)

/** A recorded document with some of its bytes changed, left out, repeated or taken from another place. */
const mutated = fc
  .tuple(fc.nat(), fc.array(fc.tuple(fc.nat(), fc.nat(3), fc.nat(255), fc.nat(60)), { minLength: 1, maxLength: 6 }))
  .map(([which, changes]) => {
    let bytes = Buffer.from(
      recorded.length === 0 || which % 4 === 0 ? zooDocument : (recorded[which % recorded.length] ?? zooDocument),
    )
    for (const [position, kind, value, length] of changes) {
      const at = position % (bytes.length + 1)
      if (kind === 0 && at < bytes.length) bytes[at] = value
      else if (kind === 1) bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)])
      else if (kind === 2) bytes = Buffer.concat([bytes.subarray(0, at + length), bytes.subarray(at)])
      else
        bytes = Buffer.concat([
          bytes.subarray(0, at),
          bytes.subarray(value * 7, value * 7 + length),
          bytes.subarray(at),
        ])
    }
    return bytes
  })

const input = fc.oneof(
  { arbitrary: mutated, weight: 5 },
  { arbitrary: generatedDocument.map((text) => Buffer.from(text)), weight: 2 },
  { arbitrary: damagedDocument.map((text) => Buffer.from(text)), weight: 2 },
  { arbitrary: fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)), weight: 1 },
)

const decoders = [
  compileDecoder(partitionSchema, 'AtomFeed', { unknownElements: 'keep', leafAttributes: true }),
  compileDecoder(partitionSchema, 'AtomEntry'),
  compileDecoder(vimSchema, 'SoapEnvelope', { unknownElements: 'keep' }),
  compileDecoder(zooSchema, 'Zoo', { select: { name: true, animal: true, extra: true } }),
]
const zooDecoder = compileDecoder(zooSchema, 'Zoo')
const zooEncoder = compileEncoder(zooSchema, 'Zoo')

type Outcome = { readonly value: unknown } | { readonly refused: string }

/** What a reading gives; any error but the documented ones ends the fuzzing. */
function outcome(read: () => unknown): Outcome {
  try {
    return { value: read() }
  } catch (error) {
    if (XmlError.isInstance(error)) return { refused: error.code }
    if (XmlEncodeError.isInstance(error) || XmlPatchError.isInstance(error)) return { refused: error.name }
    throw error
  }
}

function check(condition: boolean, what: string): void {
  if (!condition) throw new Error(what)
}

function examine(bytes: Buffer, borders: readonly number[], text: string): void {
  const started = performance.now()
  const tree = outcome(() => parseXml(bytes, { limits }))
  const streamed = outcome(() => readWithReader(cut(bytes, borders), { limits }).root)
  check(
    'value' in tree === 'value' in streamed &&
      isDeepStrictEqual('value' in tree ? tree.value : 0, 'value' in streamed ? streamed.value : 0),
    'tree and events differ',
  )
  for (const decoder of decoders) outcome(() => decoder.decode(bytes, { limits }))
  for (const { path, item } of [
    { path: ['feed', 'entry'], item: decoders[1] },
    { path: ['Envelope', 'Body'], item: decoders[2] },
  ]) {
    if (item === undefined) continue
    const read = (chunks: readonly Uint8Array[]): Outcome =>
      outcome(() => {
        const scanner = createItemScanner<unknown>({ path, item, limits })
        return [...chunks.flatMap((chunk) => scanner.push(chunk)), ...scanner.end()]
      })
    check(isDeepStrictEqual(read([bytes]), read(cut(bytes, borders))), 'items depend on how the bytes are cut')
  }
  const zoo = outcome(() => zooDecoder.decode(bytes, { limits }))
  if ('value' in zoo) {
    const encoded = outcome(() => zooEncoder.encode(zoo.value as never)) // whatever was decoded
    if ('value' in encoded)
      check(isDeepStrictEqual(zooDecoder.decode(String(encoded.value)), zoo.value), 'what was encoded reads otherwise')
  }
  const patched = outcome(() =>
    patchValue(zooSchema, 'Zoo', bytes, { name: text, filled: 7, keeper: { name: text } }, { limits }),
  )
  if ('value' in patched) parseXml(patched.value as Uint8Array, { limits })
  check(performance.now() - started < slowest, `took longer than ${slowest} ms`)
}

const end = Date.now() + seconds * 1000
let runs = 0
let seed = Date.now() | 0
while (Date.now() < end) {
  fc.assert(fc.property(input, fc.array(fc.nat(), { maxLength: 8 }), fc.string({ maxLength: 10 }), examine), {
    numRuns: 200,
    seed,
  })
  seed++
  runs += 200
  const resident = process.memoryUsage.rss() / 1e6
  check(resident < largest, `${Math.round(resident)} MB resident`)
}
console.log(
  `${runs} documents in ${seconds} s, peak ${Math.round(process.resourceUsage().maxRSS / 1024)} MB resident: no hang, no crash, no difference`,
)
