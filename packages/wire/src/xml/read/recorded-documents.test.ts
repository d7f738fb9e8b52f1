import { isDeepStrictEqual } from 'node:util'
import { describe, expect, it } from 'vitest'
import { cut, readWithReader } from '../testing/reader-tree.js'
import { recordedDocuments } from '../testing/recordings.js'
import { type ReadDocument, readWithSaxes } from '../testing/saxes-tree.js'

const documents = recordedDocuments()

function attempt(read: () => ReadDocument): ReadDocument | 'refused' {
  try {
    return read()
  } catch {
    return 'refused'
  }
}

describe.skipIf(documents === undefined)('recorded documents', () => {
  it('are read as saxes reads them, whole and in small pieces', () => {
    const refused: string[] = []
    const different: string[] = []
    for (const { name, bytes } of documents ?? []) {
      const expected = attempt(() => readWithSaxes(bytes.toString('utf8')))
      if (expected === 'refused') refused.push(name)
      const step = bytes.length < 4000 ? 3 : 997
      const borders = Array.from({ length: Math.floor(bytes.length / step) }, (_, index) => index * step)
      // Not toEqual: it takes seconds for trees of this size.
      if (
        !isDeepStrictEqual(
          attempt(() => readWithReader([bytes])),
          expected,
        )
      )
        different.push(`${name} whole`)
      if (
        !isDeepStrictEqual(
          attempt(() => readWithReader(cut(bytes, borders))),
          expected,
        )
      )
        different.push(`${name} cut`)
    }
    expect(different).toEqual([])
    expect(documents?.length).toBeGreaterThan(100)
    // One recording is malformed; request bodies were recorded without the envelope that binds their prefixes.
    expect(refused.filter((name) => !name.endsWith('request'))).toEqual([
      '126-get-uom-ManagedSystem-fake-managedsystem.xml',
    ])
  })
})
