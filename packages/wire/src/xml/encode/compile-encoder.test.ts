import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileDecoder } from '../decode/compile-decoder.js'
import { parseXml } from '../read/parse-xml.js'
import { readWithSaxes } from '../testing/saxes-tree.js'
import { type Zoo, zooSchema } from '../testing/small-schema.js'
import { compileEncoder, type EncoderOptions, soapBindings } from './compile-encoder.js'
import { typedValue } from './encode-any.js'
import { XmlEncodeError } from './encode-error.js'
import { canCarry } from './escape.js'
import { writeXml } from './write-element.js'

function encode(value: object, options: EncoderOptions = {}): string {
  return compileEncoder(zooSchema, 'Zoo', options).encode(value as Zoo)
}

describe('documents', () => {
  it("have the schema's order, its namespaces and what is written by construction", () => {
    const value = {
      animal: [],
      cage: [{ id: 1, number: 2 }, {}],
      tag: 'T',
      name: 'a<&>"b',
      open: true,
      area: 0.5,
      keeper: { role: '"\n', name: '' },
    }
    expect(
      encode(value, {
        constructed: { schemaVersion: 'V1_0' },
        placeholders: { Metadata: '<Metadata><Atom/></Metadata>' },
      }),
    ).toBe(
      '<zoo xmlns="urn:zoo" schemaVersion="V1_0" open="true"><Metadata><Atom/></Metadata><name>a&lt;&amp;&gt;"b</name><area>0.5</area>' +
        '<label xmlns="urn:label">T</label><cage schemaVersion="V1_0" id="1"><number>2</number></cage><cage schemaVersion="V1_0"/>' +
        '<keeper role="&quot;&#10;"/></zoo>',
    )
  })

  it('name the subtype of an object', () => {
    expect(
      encode(
        { name: 'n', animal: [{ _type: 'Bird', name: 'b', wingspan: 1 }, { name: 'plain' }] },
        { bound: soapBindings },
      ),
    ).toBe(
      '<zoo xmlns="urn:zoo"><name>n</name><animal xsi:type="Aves"><name>b</name><wingspan>1</wingspan></animal><animal><name>plain</name></animal></zoo>',
    )
  })

  it('name the type of values of any type, with namespaces bound where they are needed', () => {
    const xml = encode({ name: 'n', extra: 5 })
    expect(parseXml(xml).children[1]).toMatchObject({
      attributes: [{ name: 'type', namespace: 'http://www.w3.org/2001/XMLSchema-instance', value: 'xsd:int' }],
    })
    for (const [extra, expected] of [
      ['s', 's'],
      [true, true],
      [2 ** 40, 2 ** 40],
      [2n ** 60n, 2n ** 60n],
      [0.5, 0.5],
      [
        ['a', 'b'],
        ['a', 'b'],
      ],
      [typedValue('xsd:short', 3), 3],
      [typedValue('ArrayOfInt', []), []],
      [typedValue('ArrayOfAnyType', [1, 'x']), [1, 'x']],
      [typedValue('Diet', 'meat'), 'meat'],
      [
        { _type: 'Keeper', role: 'r', name: 'k' },
        { role: 'r', name: 'k' },
      ],
    ] as const) {
      const text = encode({ name: 'n', extra })
      readWithSaxes(text)
      expect(compileDecoder(zooSchema, 'Zoo').decode(text).extra).toEqual(expected)
    }
  })

  it.each([
    [{}, 'name', 'is required'],
    [{ name: 5 }, 'name', 'must be a string'],
    [{ name: 'a\u0001' }, 'name', 'character that XML cannot carry'],
    [{ name: '\ud800' }, 'name', 'character that XML cannot carry'],
    [{ name: 'n', filled: 101 }, 'filled', 'at most 100'],
    [{ name: 'n', filled: -1 }, 'filled', 'at least 0'],
    [{ name: 'n', filled: 0.5 }, 'filled', 'whole number'],
    [{ name: 'n', code: 'ABC' }, 'code', 'must have the form'],
    [{ name: 'n', code: 'AB12345' }, 'code', 'at most 5 characters'],
    [{ name: 'n', visitors: 1.5 }, 'visitors', 'whole number'],
    [{ name: 'n', since: 'yesterday' }, 'since', 'date and time'],
    [{ name: 'n', logo: '***' }, 'logo', 'base64'],
    [{ name: 'n', open: 'yes' }, 'open', 'true or false'],
    [{ name: 'n', animal: [{ diet: 'meat' }, { diet: 'fish' }] }, 'animal[1].diet', 'must be one of "meat"'],
    [{ name: 'n', animal: [{ _type: 'Cage' }] }, 'animal[0]', 'must be a Animal'],
    [{ name: 'n', animal: {} }, 'animal', 'must be a list'],
    [{ name: 'n', cage: ['x'] }, 'cage[0]', 'must be an object'],
    [{ name: 'n', keeper: { roll: 'x' } }, 'keeper.roll', 'is not a property of Keeper'],
    [{ name: 'n', $unknown: [] }, '$unknown', 'by patching'],
    [{ name: 'n', extra: {} }, 'extra', 'must say its type'],
    [{ name: 'n', extra: [] }, 'extra', 'typedValue'],
  ])('%j is refused at %s: %s', (value, path, problem) => {
    let error: unknown
    try {
      encode(value)
    } catch (caught) {
      error = caught
    }
    expect(XmlEncodeError.isInstance(error) && error.path).toBe(path)
    expect(String(error)).toContain(problem)
  })

  it('let new enumeration values through only on request, and never quote a value in an error', () => {
    const value = { name: 'n', animal: [{ diet: 'hunter2' }] }
    expect(encode(value, { unknownEnumerationValues: true })).toContain('<diet>hunter2</diet>')
    expect(() => encode(value)).not.toThrow(/hunter2/)
  })

  it('hold no whole number of more than 64 bits', () => {
    expect(() => encode({ name: 'n', visitors: 2n ** 63n })).toThrow(/64 bits/)
    expect(encode({ name: 'n', visitors: 2n ** 63n - 1n })).toContain('9223372036854775807')
  })

  it('of an object that holds itself end in an error', () => {
    const cage: { content?: unknown } = {}
    cage.content = { name: 'cage', value: cage }
    expect(() => encode({ name: 'n', cage: [cage] })).toThrow(/part of itself/)
  })
})

describe('what is encoded', () => {
  const text = fc
    .string({ unit: 'binary', maxLength: 12 })
    .filter((value) => canCarry(value) && !/[\t\n\r]/.test(value))
  const zoo = fc.record(
    {
      name: text,
      open: fc.boolean(),
      area: fc.double({ noNaN: true }).map((value) => value + 0),
      visitors: fc
        .bigInt(-(2n ** 63n), 2n ** 63n - 1n)
        .map((value) => (Number.isSafeInteger(Number(value)) ? Number(value) : value)),
      debts: fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n),
      tag: text.map((value) => value.trim()),
      filled: fc.nat(100),
      cage: fc.array(fc.record({ id: fc.integer({ min: -5, max: 2147483647 }) }), { maxLength: 3 }),
      animal: fc.array(
        fc.oneof(
          fc.record({ _type: fc.constant('Parrot'), words: fc.array(text, { maxLength: 3 }) }),
          fc.record({
            _type: fc.constant('Animal'),
            diet: fc.constantFrom('meat', 'not known'),
            legs: fc.integer({ min: -128, max: 127 }),
          }),
        ),
        { maxLength: 3 },
      ),
    },
    { requiredKeys: ['name', 'cage', 'animal'] },
  )

  it('is decoded to the same value, and is what saxes calls well-formed', () => {
    const decoder = compileDecoder(zooSchema, 'Zoo')
    fc.assert(
      fc.property(zoo, (value) => {
        const xml = encode(value)
        readWithSaxes(xml)
        expect(decoder.decode(xml)).toEqual(value)
      }),
      { numRuns: 200 },
    )
  })

  it('as a tree is read as the same tree', () => {
    const xml =
      '<a xmlns="urn:a" xml:lang="de" x="1 &#10;&quot;"><b xmlns="urn:b" p:y="2" xmlns:p="urn:p">t&amp;<c xmlns=""/></b>tail</a>'
    expect(parseXml(writeXml(parseXml(xml)))).toEqual(parseXml(xml))
  })

  it('as a tree has control characters only where that is asked for', () => {
    const keep = { controlCharacters: 'keep' } as const
    const tree = parseXml('<a x="1&#7;"><b>2&#11;</b></a>', keep)
    expect(() => writeXml(tree)).toThrow(XmlEncodeError)
    expect(parseXml(writeXml(tree, '', keep), keep)).toEqual(tree)
  })
})
