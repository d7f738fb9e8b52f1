import { describe, expect, it } from 'vitest'
import { importTree } from './import-tree.js'
import { type Overlays, resolveAnswers } from './overlays.js'
import type { Schema } from './schema.js'

const document = importTree(
  [
    {
      path: '/list',
      info: {
        GET: { returns: { type: 'array', items: { properties: { id: { type: 'string' } } } } },
        POST: {
          parameters: {
            properties: {
              id: { type: 'string' },
              secret: { type: 'string' },
              rule: { type: 'string', format: { a: { type: 'string' } } },
            },
          },
          returns: { type: 'null' },
        },
      },
    },
    { path: '/list/{id}', info: { GET: { returns: { type: 'object' } } } },
  ],
  '9.2',
)

function answer(key: string, overlays: Overlays): Schema | undefined {
  return resolveAnswers(document, overlays, {}).get(key)
}

const text: Schema = { type: 'string' }

describe('resolveAnswers', () => {
  it('adds members to the rows of a declared list', () => {
    const overlays: Overlays = { 'GET /list': { source: 's', rows: true, members: { note: text }, nullable: ['note'] } }
    expect(answer('GET /list', overlays)).toEqual({
      type: 'array',
      items: { type: 'object', properties: { id: text, note: { type: ['string', 'null'] } }, required: ['id'] },
    })
  })

  it('takes the rows of another answer, overlaid itself', () => {
    const overlays: Overlays = {
      'GET /list': { source: 's', rows: true, members: { note: text } },
      'GET /list/{id}': { source: 's', sameAs: 'GET /list[]', without: ['id'], members: { digest: text } },
    }
    expect(answer('GET /list/{id}', overlays)).toEqual({ type: 'object', properties: { digest: text, note: text } })
  })

  it('takes the parameters that write an entry, without what is never read back', () => {
    const overlays: Overlays = {
      'GET /list/{id}': {
        source: 's',
        parametersOf: 'POST /list',
        without: ['secret'],
        parsed: true,
        required: ['id'],
      },
    }
    expect(answer('GET /list/{id}', overlays)).toEqual({
      type: 'object',
      properties: { id: text, rule: {} },
      required: ['id'],
    })
  })

  it('marks members that older releases send as numbers', () => {
    const answers = resolveAnswers(document, {}, { 'GET /list': ['id'] })
    expect(answers.get('GET /list')?.items?.properties?.id).toEqual({ type: 'string', 'x-arrives-as': 'number' })
  })

  it.each<[string, Overlays]>([
    ['lacks', { 'GET /nothing': { source: 's' } }],
    ['lacks', { 'GET /list': { source: 's', sameAs: 'GET /nothing' } }],
    ['source', { 'GET /list': { source: '' } }],
    ['unknown members: wrong', JSON.parse('{"GET /list":{"source":"s","wrong":1}}')],
    ['single type', { 'GET /list': { source: 's', rows: true, nullable: ['nothing'] } }],
    [
      'circle',
      {
        'GET /list': { source: 's', sameAs: 'GET /list/{id}' },
        'GET /list/{id}': { source: 's', sameAs: 'GET /list' },
      },
    ],
  ])('refuses an overlay, naming what is wrong: %s', (message, overlays) => {
    expect(() => resolveAnswers(document, overlays, {})).toThrow(message)
  })
})
