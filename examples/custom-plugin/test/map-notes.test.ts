import fc from 'fast-check'
import { expect, it } from 'vitest'
import { readNotes, writeNotes } from '../src/adapter/map-notes.js'

const hex = (length: number) => fc.stringMatching(new RegExp(`^[0-9a-f]{${length}}$`))
const key = fc.uuid({ version: 5 })

it('reads back every stamp and description', () => {
  fc.assert(
    fc.property(key, hex(16), fc.uuid(), fc.string(), (id, specHash, attempt, description) => {
      const notes = { stamp: { marker: { key: id, specHash }, attempt }, description }
      expect(readNotes(writeNotes(notes))).toEqual(notes)
    }),
  )
})

it('takes notes that we did not write for a description', () => {
  expect(readNotes('mine since 2019\ndcm1:later')).toEqual({ description: 'mine since 2019\ndcm1:later' })
})
