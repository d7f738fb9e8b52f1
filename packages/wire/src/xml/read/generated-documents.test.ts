import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { damagedDocument, generatedDocument } from '../testing/generated-documents.js'
import { cut, readWithReader } from '../testing/reader-tree.js'
import { type ReadDocument, readWithSaxes } from '../testing/saxes-tree.js'
import { XmlError } from '../xml-error.js'
import { parseXml } from './parse-xml.js'

// DCM_XML_DOCUMENTS sets how many documents are compared; the long run takes 50,000.
const timeout = 180_000 + Number(process.env.DCM_XML_DOCUMENTS ?? 0) * 20
const numRuns = Number(process.env.DCM_XML_DOCUMENTS ?? 500)

function oracle(text: string): ReadDocument | 'refused' {
  try {
    return readWithSaxes(text)
  } catch {
    return 'refused'
  }
}

function ours<Result>(read: () => Result): Result | 'refused' | 'encoding' | 'doctype' {
  try {
    return read()
  } catch (error) {
    if (!XmlError.isInstance(error)) throw error
    return error.code === 'encoding' || error.code === 'doctype' ? error.code : 'refused'
  }
}

const blankAtUri = /xmlns[^=]*=\s*(?:"(?:\s[^"]*|[^"]*\s)"|'(?:\s[^']*|[^']*\s)')/

const oddLocalName = /[<\s/][^\s<>/:="']+:(?:[-.\d\u00b7\u203f\u2040]|[\u0300-\u036f])/

function compare(text: string, borders: readonly number[]): void {
  const expected = oracle(text)
  const bytes = Buffer.from(text)
  const streamed = ours(() => readWithReader(cut(bytes, borders)))
  const whole = ours(() => parseXml(bytes))
  // saxes reads strings, so it passes over the encoding, and it accepts document type declarations.
  if ((whole === 'encoding' || whole === 'doctype') && streamed === whole) return
  // saxes lets an instruction's name run into a question mark, which XML does not allow.
  if (whole === 'refused' && streamed === 'refused' && /<\?[^\s?>]+\?(?!>)/.test(text)) return
  // saxes takes a name behind a prefix that begins as no name does.
  if (whole === 'refused' && streamed === 'refused' && oddLocalName.test(text)) return
  // saxes trims the URIs of namespaces, which are to be taken as written.
  if (blankAtUri.test(text)) return
  expect(streamed).toEqual(expected)
  expect(whole).toEqual(expected === 'refused' ? expected : expected.root)
}

describe('the reader agrees with saxes', () => {
  const borders = fc.array(fc.nat(), { maxLength: 12 })
  it(
    'on generated documents',
    () => {
      let wellFormed = 0
      fc.assert(
        fc.property(generatedDocument, borders, (text, at) => {
          if (oracle(text) !== 'refused') wellFormed++
          compare(text, at)
        }),
        { numRuns },
      )
      expect(wellFormed / numRuns).toBeGreaterThan(0.2)
    },
    timeout,
  )

  it(
    'on damaged documents',
    () => {
      fc.assert(fc.property(damagedDocument, borders, compare), { numRuns })
    },
    timeout,
  )
})
