import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileDecoder } from '../decode/compile-decoder.js'
import { parseXml } from '../read/parse-xml.js'
import { recordedDocuments } from '../testing/recordings.js'
import { partitionSchema } from '../testing/schemas.js'
import { zooSchema } from '../testing/small-schema.js'
import { indexDocument } from './document-index.js'
import { extractElement } from './extract-element.js'
import { XmlPatchError } from './patch-error.js'
import { patchValue } from './patch-value.js'
import { patchXml } from './patch-xml.js'

const document = `<?xml version="1.0"?>
<!-- kept -->
<z:zoo xmlns:z="urn:zoo" xmlns="urn:zoo" open='true'  >
  <name kxe="false"
        kb="CUD">Old &amp; worn</name>
  <unknown a='1'><deep/><!-- x --></unknown>
  <area kb="CUD"/>
  <cage id="1"><number>1</number></cage>
  <cage id="2"><number >2</number ></cage>
  <keeper role="r">K</keeper>
</z:zoo>
`
const bytes = Buffer.from(document)

function patch(changes: object, input: Buffer = bytes): string {
  return patchValue(zooSchema, 'Zoo', input, changes, { constructed: { schemaVersion: 'V1_0' } }).toString()
}

describe('patchValue', () => {
  it('changes the text of an element and nothing else', () => {
    expect(patch({ name: 'New <1>' })).toBe(document.replace('Old &amp; worn', 'New &lt;1&gt;'))
    expect(patch({ area: 2.5 })).toBe(document.replace('<area kb="CUD"/>', '<area kb="CUD">2.5</area>'))
    expect(patch({ cage: { change: { 1: { number: 3 } } } })).toBe(document.replace('>2</number', '>3</number'))
  })

  it('changes nothing where the value is the same', () => {
    expect(patch({ name: 'Old & worn', cage: { change: { 0: { number: 1 } } } })).toBe(document)
    expect(patch({})).toBe(document)
  })

  it('adds an element where the schema wants it, with what is written by construction', () => {
    expect(patch({ visitors: 3, filled: 4 })).toBe(
      document
        .replace('<area kb="CUD"/>', '<area kb="CUD"/>\n  <visitors>3</visitors>')
        .replace('</keeper>', '</keeper>\n  <filled>4</filled>'),
    )
    expect(patch({ cage: { append: [{ number: 9 }] } })).toBe(
      document.replace(
        '</number ></cage>',
        '</number ></cage>\n  <cage schemaVersion="V1_0"><number>9</number></cage>',
      ),
    )
    expect(patch({ name: 'n', tag: 't' }, Buffer.from('<zoo xmlns="urn:zoo"/>'))).toBe(
      '<zoo xmlns="urn:zoo"><name>n</name><label xmlns="urn:label">t</label></zoo>',
    )
  })

  it('removes elements with the white space before them', () => {
    expect(patch({ keeper: null, cage: { remove: [0] } })).toBe(
      document.replace('\n  <keeper role="r">K</keeper>', '').replace('\n  <cage id="1"><number>1</number></cage>', ''),
    )
    expect(patch({ visitors: null })).toBe(document)
  })

  it.each([
    [{ nme: 'x' }, /nme is not a property of Zoo/],
    [{ name: null }, /name is required/],
    [{ filled: 200 }, /filled must be at most 100/],
    [{ cage: [] }, /no item is lost/],
    [{ cage: { remove: [2] } }, /cage\[2\] is not in the document/],
    [{ cage: { remove: [0], change: { 0: { number: 5 } } } }, /changed twice/],
    [{ open: false }, /attributes cannot be patched/],
  ])('%j is refused: %s', (changes, message) => {
    expect(() => patch(changes)).toThrow(message)
  })

  it('keeps the encoding and byte order mark of the document', () => {
    const latin = Buffer.from(
      '<?xml version="1.0" encoding="iso-8859-1"?><zoo xmlns="urn:zoo"><name>Zoë</name><area>1</area></zoo>',
      'latin1',
    )
    const patched = patchValue(zooSchema, 'Zoo', latin, { name: 'Ü€' })
    expect(patched.toString('latin1')).toContain('<name>Ü&#8364;</name><area>1')
    expect(compileDecoder(zooSchema, 'Zoo').decode(patched).name).toBe('Ü€')
    const marked = Buffer.from('\ufeff<zoo xmlns="urn:zoo"><name>a</name></zoo>')
    expect(patchValue(zooSchema, 'Zoo', marked, { name: 'b' }).toString()).toBe(
      '\ufeff<zoo xmlns="urn:zoo"><name>b</name></zoo>',
    )
  })
})

describe('patchXml', () => {
  it('sets, removes, replaces and inserts by path', () => {
    const element = { name: 'new', namespace: 'urn:zoo', attributes: [], children: ['<'] }
    const patched = patchXml(bytes, [
      { path: 'unknown/deep', text: 'd' },
      { path: "cage[number='2']", remove: true },
      { path: 'cage[1]/number', replace: element },
      { path: '', insert: element, after: 'area' },
    ]).toString()
    expect(patched).toBe(
      document
        .replace('<deep/>', '<deep>d</deep>')
        .replace('\n  <cage id="2"><number >2</number ></cage>', '')
        .replace('<number>1</number>', '<new>&lt;</new>')
        .replace('<area kb="CUD"/>', '<area kb="CUD"/>\n  <new>&lt;</new>'),
    )
  })

  it.each([
    ['nowhere', /no nowhere there/],
    ['cage', /fits 2 elements/],
    ['cage[3]', /no cage\[3\] there/],
    ['a[', /cannot be split/],
    ['a[b]', /has the step/],
    ['{urn:other}name', /is not in the document/],
  ])('the path %s is refused', (path, message) => {
    expect(() => patchXml(bytes, [{ path, text: 'x' }])).toThrow(message)
    expect(() => patchXml(bytes, [{ path, text: 'x' }])).toThrow(XmlPatchError)
  })
})

const recorded = recordedDocuments()?.filter(({ name }) => name.endsWith('.xml') && !name.startsWith('126-')) ?? []

describe.skipIf(recorded.length === 0)('recorded documents', () => {
  it('differ only where they were patched', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.string({ unit: 'grapheme', maxLength: 8 }), (which, at, text) => {
        const { bytes: input } = recorded[which % recorded.length] ?? { bytes }
        const leaves: string[] = []
        const visit = (node: ReturnType<typeof indexDocument>['root'], path: string): void => {
          if (node.children.length === 0) leaves.push(path)
          node.children.forEach((child) => {
            const position = node.children.filter((other) => other.name === child.name).indexOf(child) + 1
            visit(child, `${path === '' ? '' : `${path}/`}${child.name}[${position}]`)
          })
        }
        visit(indexDocument(input).root, '')
        const path = leaves[at % leaves.length] ?? ''
        const patched = patchXml(input, [{ path, text }])
        let start = 0
        while (start < input.length && input[start] === patched[start]) start++
        let end = 0
        while (end < input.length - start && input[input.length - 1 - end] === patched[patched.length - 1 - end]) end++
        // What differs is one text: no tag of the original is in it, but for an empty element that was opened.
        expect(input.subarray(start, input.length - end).toString()).toMatch(/^[^<]*$|^\/?>?$/)
        expect(patched.length - input.length).toBeLessThan(text.length * 6 + 80)
      }),
      { numRuns: 150 },
    )
  })

  it('give the payload of an entry as a document of its own, which can be patched by schema', () => {
    const entry = recorded.find(({ name }) => name.startsWith('089-'))
    const payload = extractElement(entry?.bytes ?? bytes, 'content/LogicalPartition')
    const inside = parseXml(entry?.bytes ?? bytes).children.find(
      (child) => typeof child !== 'string' && child.name === 'content',
    )
    const whole = typeof inside === 'object' ? inside.children.find((child) => typeof child !== 'string') : undefined
    expect(parseXml(payload)).toEqual(whole)
    const changes = { PartitionMemoryConfiguration: { CurrentMemory: 8192 } }
    const patched = patchValue(partitionSchema, 'LogicalPartition', payload, changes)
    expect(
      compileDecoder(partitionSchema, 'LogicalPartition').decode(patched).PartitionMemoryConfiguration?.CurrentMemory,
    ).toBe(8192)
    expect(patched.length - payload.length).toBeLessThan(5)
  })
})
