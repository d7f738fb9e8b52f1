import { formatMarker } from '@dcm/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readDescription, writeDescription } from './map-description.js'

const marker = { key: '6f9619ff-8b86-5d11-b42d-00cf4fc964ff', specHash: '0123456789abcdef' }
const other = { key: 'aaaaaaaa-8b86-5d11-b42d-00cf4fc964ff', specHash: 'fedcba9876543210' }
const line = formatMarker(marker)

describe('the marker in a description', () => {
  it('is read back with the words around it intact', () => {
    const words = fc.string({ unit: 'grapheme' }).map((text) => text.replace(/[\r\n]+$/, ''))
    fc.assert(
      fc.property(words, (text) => {
        const read = readDescription(writeDescription(text, marker))
        expect(read.marker).toEqual(marker)
        expect(read.text ?? '').toBe(text)
      }),
    )
  })

  it('says until the end who makes the VM, or takes it back', () => {
    for (const being of ['made', 'removed'] as const) {
      const draft = { being, attempt: '0a1b2c3d' }
      const written = writeDescription('words', marker, draft)
      expect(written).toBe(`words\n\n${line} being ${being} by 0a1b2c3d`)
      expect(readDescription(`${written}\n`)).toEqual({ text: 'words', marker, draft })
    }
    const other = `${line} being bought by 0a1b2c3d`
    expect(readDescription(other)).toEqual({ text: other })
  })

  it('survives the line break that the platform appends and the words that people append', () => {
    expect(readDescription(`hello\n\n${line}\n`)).toEqual({ text: 'hello', marker })
    expect(readDescription(`hello\n\n${line}\ndo not touch\n`)).toEqual({ text: 'hello\ndo not touch', marker })
  })

  it('is the last one: a text that imitates a marker does not win', () => {
    const text = formatMarker(other)
    expect(readDescription(writeDescription(text, marker))).toEqual({ text, marker })
  })

  it('is absent from other descriptions', () => {
    expect(readDescription(undefined)).toEqual({})
    expect(readDescription('qmclone temporary file\n')).toEqual({ text: 'qmclone temporary file' })
    expect(readDescription(`see ${line} for more`)).toEqual({ text: `see ${line} for more` })
  })
})
