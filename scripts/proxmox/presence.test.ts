import { describe, expect, it } from 'vitest'
import type { VendorNode, VendorSchema } from './api-tree.js'
import { importTree } from './import-tree.js'
import { carryPresence, comparePresence } from './presence.js'

function tree(paths: Readonly<Record<string, readonly string[]>>, memory = 'string'): readonly VendorNode[] {
  return Object.entries(paths).map(([path, names]) => {
    const properties = Object.fromEntries(
      names.map((name): [string, VendorSchema] => [name, { type: 'string', optional: 1 }]),
    )
    const returns = { type: 'object', properties: { memory: { type: memory } } }
    return { path, info: { GET: { parameters: { properties }, returns } } }
  })
}

const seven = tree({ '/a': ['x', 'old'], '/gone': [] }, 'integer')
const eight = tree({ '/a': ['x', 'y', 'old'], '/b': [] }, 'integer')
const nine = tree({ '/a': ['x', 'y', 'z'], '/b': [], '/c': ['q'] })
const compared = comparePresence([
  { version: '7.4', tree: seven },
  { version: '8.4', tree: eight },
  { version: '9.2', tree: nine },
])

describe('comparePresence', () => {
  it('names the first release of what older ones lack', () => {
    expect(compared.since).toEqual({ 'GET /b': '8.4', 'GET /c': '9.2' })
    expect(compared.parameters).toEqual({ 'GET /a': { y: '8.4', z: '9.2' } })
  })

  it('names the last release of what is gone', () => {
    expect(compared.removed).toEqual({ 'GET /gone': '7.4' })
    expect(compared.removedParameters).toEqual({ 'GET /a': { old: '8.4' } })
  })

  it('finds answers that were numbers and are text now', () => {
    expect(compared.formerNumbers).toEqual({ 'GET /a': ['memory'], 'GET /b': ['memory'] })
  })
})

describe('carryPresence', () => {
  it('keeps what was known, and adds what came and went', () => {
    const ten = tree({ '/a': ['x'], '/c': [], '/d': [] })
    const carried = carryPresence(compared, importTree(nine, '9.2'), importTree(ten, '10.0'))
    expect(carried.versions).toEqual(['7.4', '8.4', '9.2', '10.0'])
    expect(carried.since).toEqual({ 'GET /c': '9.2', 'GET /d': '10.0' })
    expect(carried.removed).toEqual({ 'GET /b': '9.2', 'GET /gone': '7.4' })
  })
})
