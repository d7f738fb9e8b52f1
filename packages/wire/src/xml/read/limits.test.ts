import { describe, expect, it } from 'vitest'
import { compileDecoder } from '../decode/compile-decoder.js'
import { createItemScanner } from '../decode/decode-items.js'
import type { XmlLimits } from '../limits.js'
import { cut, readWithReader } from '../testing/reader-tree.js'
import { zooSchema } from '../testing/small-schema.js'
import { XmlError } from '../xml-error.js'
import { parseXml } from './parse-xml.js'

/** Every way a document can be read; each must end in the same error. */
const readers: Readonly<Record<string, (bytes: Uint8Array, limits?: Partial<XmlLimits>) => unknown>> = {
  tree: (bytes, limits) => parseXml(bytes, { limits }),
  events: (bytes, limits) => readWithReader([bytes], { limits }),
  'events in pieces': (bytes, limits) => readWithReader(cut(bytes, [1, 2, 50, 99, 1000, 5000]), { limits }),
  decoder: (bytes, limits) => compileDecoder(zooSchema, 'Zoo').decode(bytes, { limits }),
  items: (bytes, limits) => {
    const scanner = createItemScanner({ path: ['zoo', 'animal'], item: compileDecoder(zooSchema, 'Animal'), limits })
    return [...cut(bytes, [3, 77, 4000]).flatMap((chunk) => scanner.push(chunk)), ...scanner.end()]
  },
}

function errorOf(read: () => unknown): XmlError {
  try {
    read()
  } catch (error) {
    if (XmlError.isInstance(error)) return error
    throw error
  }
  throw new Error('nothing was refused')
}

const nested = (depth: number): string => `${'<a>'.repeat(depth)}${'</a>'.repeat(depth)}`
const zoo = (content: string): string => `<zoo xmlns="urn:zoo">${content}</zoo>`
const bomb = '<!DOCTYPE zoo [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><zoo>&b;</zoo>'

const refused: readonly (readonly [string, string, string, RegExp, Partial<XmlLimits>?])[] = [
  ['an entity bomb', bomb, 'doctype', /document type declaration/],
  ['an external entity', '<!DOCTYPE zoo SYSTEM "file:///etc/passwd"><zoo/>', 'doctype', /document type declaration/],
  ['an entity of no declaration', zoo('<name>&bomb;</name>'), 'syntax', /entity/],
  ['deep nesting', zoo(nested(100_000)), 'limit', /maxDepth/],
  ['deep nesting inside an unknown element of an item', zoo(`<animal>${nested(300)}</animal>`), 'limit', /maxDepth/],
  [
    'a million attributes',
    `<zoo ${Array.from({ length: 1_000_000 }, (_, i) => `a${i}=""`).join(' ')}/>`,
    'limit',
    /maxAttributes/,
  ],
  [
    'a million namespaces',
    `<zoo ${Array.from({ length: 1_000_000 }, (_, i) => `xmlns:a${i}="u"`).join(' ')}/>`,
    'limit',
    /maxAttributes/,
  ],
  ['a long name', `<${'a'.repeat(5000)}/>`, 'limit', /maxNameBytes/],
  ['a long attribute name', `<zoo ${'a'.repeat(5000)}="1"/>`, 'limit', /maxNameBytes/],
  ['a long name that never ends', `<zoo ${'a'.repeat(5000)}`, 'limit|unterminated', /maxNameBytes|ends inside/],
  ['a long text', zoo(`<name>${'x'.repeat(2000)}</name>`), 'limit', /maxTextBytes/, { maxTextBytes: 1000 }],
  [
    'a long CDATA section',
    zoo(`<name><![CDATA[${'x'.repeat(2000)}]]></name>`),
    'limit',
    /maxTextBytes/,
    { maxTextBytes: 1000 },
  ],
  ['a long comment', zoo(`<!--${'x'.repeat(2000)}-->`), 'limit', /maxTextBytes/, { maxTextBytes: 1000 }],
  ['a long attribute value', `<zoo a="${'x'.repeat(2000)}"/>`, 'limit', /maxTextBytes/, { maxTextBytes: 1000 }],
  ['a large document', zoo('<name>x</name>'.repeat(100)), 'limit', /maxTotalBytes/, { maxTotalBytes: 1000 }],
  ['two roots', '<zoo/><zoo/>', 'syntax', /second root/],
  ['UTF-16', '\ufeff<zoo/>', 'encoding', /encoding other than/],
  [
    'the same attribute twice by namespace',
    '<zoo xmlns:p="u" xmlns:q="u" p:a="1" q:a="2"/>',
    'syntax',
    /same attribute twice/,
  ],
]

describe.each(Object.entries(readers))('%s', (_, read) => {
  it.each(refused.map((row) => [row[0], row] as const))('refuses %s', (name, [, text, code, message, limits]) => {
    const bytes = Buffer.from(text, name === 'UTF-16' ? 'utf16le' : 'utf8')
    const error = errorOf(() => read(bytes, limits))
    expect(code.split('|')).toContain(error.code)
    expect(error.message).toMatch(message)
  })

  it('refuses every beginning of a document as unterminated, and knows where it ends', () => {
    const whole = Buffer.from(
      '<?xml version="1.0"?><zoo xmlns="urn:zoo" a=\'1\'><animal><name>n&amp;<![CDATA[x]]></name><!-- c --><?p i?></animal></zoo>',
    )
    for (let length = 0; length < whole.length; length++) {
      const error = errorOf(() => read(whole.subarray(0, length)))
      expect(error.code, whole.subarray(0, length).toString()).toBe('unterminated')
      expect(error.offset).toBeLessThanOrEqual(length)
    }
    expect(() => read(whole)).not.toThrow()
  })

  it('refuses bytes that are not UTF-8 and says where they are', () => {
    for (const bad of [[0xff], [0xc3], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80]]) {
      const start = Buffer.from('<zoo xmlns="urn:zoo">\n<animal><name>éé')
      const error = errorOf(() =>
        read(Buffer.concat([start, Buffer.from(bad), Buffer.from('é</name></animal></zoo>')])),
      )
      expect(error.code).toBe('encoding')
      expect(error.offset).toBeGreaterThanOrEqual(start.length - 4)
      expect(error.offset).toBeLessThanOrEqual(start.length)
      expect(error.line).toBe(2)
    }
  })
})

describe('an item stream', () => {
  const item = compileDecoder(zooSchema, 'Animal')

  it('holds back no more than the limit says', () => {
    const scanner = createItemScanner({ path: ['zoo', 'animal'], item, limits: { maxItemBytes: 10_000 } })
    scanner.push(Buffer.from('<zoo xmlns="urn:zoo"><animal><name>'))
    const error = errorOf(() => {
      for (let i = 0; i < 1000; i++) scanner.push(Buffer.alloc(1000, 'x'))
    })
    expect(error.message).toMatch(/maxItemBytes/)
  })

  it('reads one large item in tiny pieces without reading it again for each', () => {
    const scanner = createItemScanner({ path: ['zoo', 'animal'], item })
    const text = Buffer.from(zoo(`<animal><name>${'x'.repeat(300_000)}</name></animal>`))
    const items = cut(
      text,
      Array.from({ length: 30_000 }, (_, index) => index * 10),
    ).flatMap((chunk) => scanner.push(chunk))
    items.push(...scanner.end())
    expect(items.map((animal) => animal.name?.length)).toEqual([300_000])
  })

  it('passes over what is not on the path however large it is, and reads what rest names', () => {
    const scanner = createItemScanner({
      path: ['zoo', 'animal'],
      item,
      rest: { name: compileDecoder(zooSchema, 'string') },
      limits: { maxItemBytes: 5000 },
    })
    const items = [...scanner.push(Buffer.from(`<zoo xmlns="urn:zoo"><other><animal/><more>`))]
    for (let i = 0; i < 100; i++) items.push(...scanner.push(Buffer.from('<part>0123456789</part>'.repeat(20))))
    items.push(
      ...scanner.push(Buffer.from('</more></other><animal><name>inner</name></animal><name>outer</name></zoo>')),
      ...scanner.end(),
    )
    expect(items.map((animal) => animal.name)).toEqual(['inner'])
    expect(scanner.rest).toEqual({ name: 'outer' })
  })

  it('tells a document without items from another document', () => {
    const reached = (text: string): number => {
      const scanner = createItemScanner({ path: ['{urn:zoo}zoo', 'house', 'animal'], item })
      scanner.push(Buffer.from(text))
      scanner.end()
      return scanner.reached
    }
    expect(reached('<zoo xmlns="urn:zoo"><house/><other/></zoo>')).toBe(2)
    expect(reached('<zoo xmlns="urn:zoo"><other><house><animal/></house></other></zoo>')).toBe(1)
    expect(reached('<html><house/></html>')).toBe(0)
  })

  it('tells lines and offsets of the whole input in errors, and takes no bytes after the end', () => {
    const scanner = createItemScanner({ path: ['zoo', 'animal'], item })
    scanner.push(Buffer.from('<zoo xmlns="urn:zoo">\n<animal/>\n\n'))
    scanner.push(Buffer.from('<animal/>\n  '))
    expect(errorOf(() => scanner.push(Buffer.from('<animal></anmal>')))).toMatchObject({
      line: 5,
      column: 11,
      offset: 53,
    })
    const ended = createItemScanner({ path: ['zoo', 'animal'], item })
    ended.push(Buffer.from('<zoo/>'))
    ended.end()
    expect(() => ended.push(Buffer.from('x'))).toThrow(TypeError)
  })

  it('gives the first item before it needs the second piece, and does not touch bytes that the caller uses again', () => {
    const scanner = createItemScanner({ path: ['{urn:zoo}zoo', '{urn:zoo}animal'], item })
    const piece = Buffer.from('<zoo xmlns="urn:zoo"><animal><name>a</name></animal><animal><name>b')
    expect(scanner.push(piece).map((animal) => animal.name)).toEqual(['a'])
    piece.fill('X')
    expect(scanner.push(Buffer.from('c</name></animal></zoo>')).map((animal) => animal.name)).toEqual(['bc'])
  })

  it('wants decoders of one schema and a path that can be read', () => {
    const other = compileDecoder({ parts: [] } as { parts: []; typeMap?: { string: string } }, 'string')
    expect(() => createItemScanner({ path: ['zoo'], item, rest: { x: other } })).toThrow(/another schema/)
    expect(() => createItemScanner({ path: [], item })).toThrow(/empty/)
    expect(() => createItemScanner({ path: ['{a'], item })).toThrow(/neither a name/)
  })
})
