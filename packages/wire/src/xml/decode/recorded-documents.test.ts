import { isDeepStrictEqual } from 'node:util'
import { describe, expect, it } from 'vitest'
import { decodeByTable } from '../testing/decode-by-table.js'
import { cut } from '../testing/reader-tree.js'
import { type RecordedDocument, recordedDocuments } from '../testing/recordings.js'
import { readWithSaxes } from '../testing/saxes-tree.js'
import { partitionSchema, vimSchema } from '../testing/schemas.js'
import { compileDecoder } from './compile-decoder.js'
import { createItemScanner } from './decode-items.js'
import { createDecodeReport } from './report.js'

const documents = recordedDocuments()
const feeds =
  documents?.filter(
    ({ name }) => /-LogicalPartition(-[0-9A-F]{8})?(-lpar)?\.xml$/.test(name) && !name.includes('-put-'),
  ) ?? []
const answers =
  documents?.filter(({ name }) => name.startsWith('RetrieveProperties') && name.endsWith('response')) ?? []

/** Without the properties that were not in the document. */
function present(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? `${inner}n` : inner)))
}

/** toEqual takes seconds for trees of this size, so it only reports the difference. */
function expectSame(actual: unknown, name: string, expected: unknown): void {
  if (!isDeepStrictEqual(actual, expected)) expect(actual, name).toEqual(expected)
}

function rootOf({ bytes }: RecordedDocument): ReturnType<typeof readWithSaxes>['root'] {
  return readWithSaxes(bytes.toString()).root
}

describe.skipIf(documents === undefined)('recorded documents', () => {
  it('partitions decode to what the schema makes of the tree of saxes', () => {
    const feed = compileDecoder(partitionSchema, 'AtomFeed')
    const entry = compileDecoder(partitionSchema, 'AtomEntry')
    for (const document of feeds) {
      const root = rootOf(document)
      const report = createDecodeReport()
      const decoder = root.name === 'feed' ? feed : entry
      const decoded = decoder.decode(document.bytes, { report })
      const expected = decodeByTable(partitionSchema, root.name === 'feed' ? 'AtomFeed' : 'AtomEntry', root)
      expectSame(present(decoded), document.name, present(expected))
      expect([...report.invalidValues.keys()], document.name).toEqual([])
    }
    expect(feeds.length).toBeGreaterThan(3)
  })

  it('entries come out of a stream as out of the whole document, however it is cut', () => {
    const whole = compileDecoder(partitionSchema, 'AtomFeed')
    const item = compileDecoder(partitionSchema, 'AtomEntry')
    for (const { name, bytes } of feeds.filter((document) => rootOf(document).name === 'feed')) {
      const expected = whole.decode(bytes).entry
      for (const step of [7, 4099, 65536]) {
        const borders = Array.from({ length: Math.floor(bytes.length / step) }, (_, index) => index * step)
        const scanner = createItemScanner({ path: ['feed', 'entry'], item })
        const items = cut(bytes, borders).flatMap((chunk) => scanner.push(Uint8Array.from(chunk)))
        items.push(...scanner.end())
        expectSame(items, `${name} in pieces of ${step}`, expected)
      }
    }
  })

  it('objects of vSphere answers decode to what the schema makes of the tree of saxes', () => {
    const envelope = compileDecoder(vimSchema, 'SoapEnvelope')
    for (const document of answers) {
      const decoded = envelope.decode(document.bytes)
      expectSame(present(decoded), document.name, present(decodeByTable(vimSchema, 'SoapEnvelope', rootOf(document))))
    }
    expect(answers.length).toBeGreaterThan(1)
  })
})
