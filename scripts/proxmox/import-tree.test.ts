import { describe, expect, it } from 'vitest'
import { parseApiTree, type VendorNode } from './api-tree.js'
import { importTree } from './import-tree.js'
import { stableJson } from './stable-json.js'

const tree: readonly VendorNode[] = [
  {
    path: '/things',
    info: {
      GET: {
        allowtoken: 1,
        parameters: { additionalProperties: 0 },
        permissions: { description: 'Prose.', user: 'all' },
        returns: {
          type: 'array',
          items: { type: 'object', properties: {} },
          links: [{ rel: 'child', href: '{name}' }],
        },
      },
      POST: {
        allowtoken: 0,
        protected: 1,
        proxyto: 'node',
        parameters: { properties: { node: { type: 'string' }, 'net[n]': { type: 'string', optional: 1 } } },
        returns: { type: 'null' },
      },
    },
    children: [
      {
        path: '/things/{name}/{url_seq}',
        info: {
          GET: {
            allowtoken: 1,
            parameters: { additionalProperties: 0, properties: { name: { type: 'string', optional: 1 } } },
            returns: { type: 'any' },
          },
          PUT: { allowtoken: 1, parameters: { additionalProperties: 0 }, returns: { type: 'null' } },
        },
      },
    ],
  },
]

describe('importTree', () => {
  const document = importTree(tree, '9.2')

  it('puts parameters of reads into the query and of writes into the form', () => {
    const post = document.paths['/things']?.post
    expect(post?.requestBody).toEqual({
      required: true,
      content: {
        'application/x-www-form-urlencoded': {
          schema: {
            type: 'object',
            properties: { node: { type: 'string' } },
            patternProperties: { '^net[0-9]+$': { type: 'string' } },
            required: ['node'],
          },
        },
      },
    })
  })

  it('keeps what the platform decides by: protection, proxying, tokens, unknown parameters, rights', () => {
    expect(document.paths['/things']?.post).toMatchObject({
      'x-protected': true,
      'x-proxyto': 'node',
      'x-allowtoken': false,
      'x-additional-parameters': true,
    })
    expect(document.paths['/things']?.get).not.toHaveProperty('x-protected')
    expect(document.paths['/things']?.get?.['x-permissions']).toEqual({ user: 'all' })
  })

  it('requires every path parameter, also those that are marked optional or not declared', () => {
    expect(document.paths['/things/{name}/{url_seq}']?.put?.parameters).toEqual([
      { name: 'name', in: 'path', required: true, schema: { type: 'string' } },
      { name: 'url_seq', in: 'path', required: true, schema: { type: 'integer', minimum: 0 } },
    ])
  })

  it('learns the member of an index row from its link', () => {
    expect(document.paths['/things']?.get?.responses['200'].content['application/json'].schema).toEqual({
      type: 'array',
      items: { type: 'object', properties: { name: { type: 'string', 'x-arrives-as': 'number' } }, required: ['name'] },
    })
  })

  it('gives the same text whatever the order of the tree', () => {
    const [node] = tree
    const turned = [{ ...node, path: '/things', info: Object.fromEntries(Object.entries(node?.info ?? {}).reverse()) }]
    expect(stableJson(importTree(turned, '9.2'))).toBe(stableJson(document))
  })
})

describe('parseApiTree', () => {
  it.each([[null], [{}], [[]], [[{ text: 'x' }]]])('refuses %j', (value) => {
    expect(() => parseApiTree(value)).toThrow('not an API tree')
  })
})

describe('stableJson', () => {
  it('reads back as it was, and breaks only long lines', () => {
    const value = { a: [1, 'b', null, true], c: { d: 'x'.repeat(40), e: {} }, f: [] }
    for (const width of [10, 60, 200]) expect(JSON.parse(stableJson(value, width))).toEqual(value)
    expect(stableJson(value, 200).split('\n')).toHaveLength(2)
  })
})
