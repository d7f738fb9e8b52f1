import { describe, expect, it } from 'vitest'
import { type Zoo, zooSchema } from '../testing/small-schema.js'
import { XmlError } from '../xml-error.js'
import { compileDecoder, type DecoderOptions } from './compile-decoder.js'
import { createDecodeReport } from './report.js'

const xsi = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema"'

function decodeZoo(content: string, options: DecoderOptions = {}, report = createDecodeReport()): Zoo {
  return compileDecoder(zooSchema, 'Zoo', options).decode(`<zoo xmlns="urn:zoo" ${xsi}>${content}</zoo>`, {
    report,
  }) as Zoo
}

function present(value: unknown): unknown {
  return Object.fromEntries(Object.entries(value as object).filter(([, inner]) => inner !== undefined))
}

describe('values', () => {
  it('are typed by the schema', () => {
    const zoo = decodeZoo(
      '<name> Berlin </name><area>12.5</area><visitors>9007199254740991</visitors><debts>7</debts><since> 2020-01-01T00:00:00Z </since>',
    )
    expect(present(zoo)).toEqual({
      name: ' Berlin ',
      area: 12.5,
      visitors: 9007199254740991,
      debts: 7n,
      since: '2020-01-01T00:00:00Z',
      cage: [],
      animal: [],
    })
  })

  it.each([
    ['0', 0],
    ['-0', 0],
    ['-12', -12],
    ['+12', 12],
    ['0.1', 0.1],
    ['-0.125', -0.125],
    ['.5', 0.5],
    ['5.', 5],
    ['123456789012345', 123456789012345],
    ['0.30000000000000004', 0.30000000000000004],
    ['1234567.12345678', 1234567.12345678],
    ['2E+1', 20],
    ['5.12e-3', 0.00512],
    ['INF', Number.POSITIVE_INFINITY],
    ['-INF', Number.NEGATIVE_INFINITY],
    ['NaN', Number.NaN],
    [' 7\n', 7],
    ['<![CDATA[8]]>', 8],
    ['1<!-- comment -->2', 12],
    ['&#49;', 1],
  ])('double %s is %d', (text, expected) => {
    expect(decodeZoo(`<area>${text}</area>`).area).toBe(expected)
  })

  it.each(['', 'x', '1,5', '.', '-', '1.2.3', '0x10', 'Infinity', '1_0'])('double %j is undefined', (text) => {
    expect(decodeZoo(`<area>${text}</area>`).area).toBeUndefined()
  })

  it('longs beyond what a number holds are bigints', () => {
    expect(decodeZoo('<visitors>9007199254740993</visitors>').visitors).toBe(9007199254740993n)
    expect(decodeZoo('<visitors>-9223372036854775808</visitors>').visitors).toBe(-(2n ** 63n))
  })

  it.each([
    ['true', true],
    ['false', false],
    ['1', true],
    ['0', false],
    [' true ', true],
    ['', undefined],
    ['TRUE', undefined],
  ])('boolean %j', (text, expected) => {
    const decoder = compileDecoder(zooSchema, 'Zoo')
    expect(decoder.decode(`<zoo xmlns="urn:zoo" open="${text}"/>`).open).toBe(expected)
  })

  it('enumerations give the shared constant, and unknown words as they are', () => {
    const zoo = decodeZoo(
      '<animal><diet> not known </diet></animal><animal><diet>fish</diet></animal><animal><diet/></animal>',
    )
    expect(zoo.animal.map((animal) => animal.diet)).toEqual(['not known', 'fish', ''])
  })

  it('that are none of their kind are left out and counted, without their text', () => {
    const report = createDecodeReport()
    expect(decodeZoo('<area>secret</area><area/>', {}, report).area).toBeUndefined()
    expect([...report.invalidValues]).toEqual([['Zoo/area', 1]])
    expect(JSON.stringify([...report.invalidValues])).not.toContain('secret')
  })

  it('with xsi:nil are undefined', () => {
    expect(decodeZoo('<keeper xsi:nil="true" role="x"/>').keeper).toBeUndefined()
    expect(decodeZoo('<keeper xsi:nil="false" role="x">K</keeper>').keeper).toEqual({ role: 'x', name: 'K' })
  })

  it('come with entities, CDATA, line ends and other alphabets', () => {
    expect(decodeZoo('<name>a&amp;b<![CDATA[<c>&amp;]]>\r\nd\rß漢😀&#x1F600;</name>').name).toBe(
      'a&b<c>&amp;\nd\nß漢😀😀',
    )
    expect(decodeZoo('<keeper role="a&quot;&#10;b\n\tc&lt;é">x</keeper>').keeper?.role).toBe('a"\nb  c<é')
  })
})

describe('elements', () => {
  it('are found by namespace and local name, whatever the prefix', () => {
    const decoder = compileDecoder(zooSchema, 'Zoo')
    const zoo = decoder.decode(
      '<z:zoo xmlns:z="urn:zoo" xmlns="urn:other"><name>no</name><z:name>yes</z:name><l:label xmlns:l="urn:label">L</l:label><z:label>no</z:label></z:zoo>',
    )
    expect([zoo.name, zoo.tag]).toEqual(['yes', 'L'])
  })

  it('lists are always arrays, in the order of the document', () => {
    expect(decodeZoo('').cage).toEqual([])
    expect(decodeZoo('<cage><number>1</number></cage>').cage).toHaveLength(1)
    expect(decodeZoo('<cage id="1"/><name>x</name><cage id="2"/>').cage.map((cage) => cage.id)).toEqual([1, 2])
  })

  it('unknown ones are counted, and kept on request', () => {
    const report = createDecodeReport()
    const content = '<new a="1">x<y/></new><name>n</name><new/><cage><deep/></cage>'
    expect(decodeZoo(content, {}, report)).not.toHaveProperty('$unknown')
    expect(Object.fromEntries(report.unknownElements)).toEqual({ 'Zoo/new': 2, 'Cage/deep': 1 })
    const kept = decodeZoo(content, { unknownElements: 'keep' }) as unknown as { $unknown: unknown[] }
    expect(kept.$unknown[0]).toEqual({
      name: 'new',
      namespace: 'urn:zoo',
      attributes: [{ name: 'a', namespace: '', value: '1' }],
      children: ['x', { name: 'y', namespace: 'urn:zoo', attributes: [], children: [] }],
    })
    expect(kept.$unknown).toHaveLength(2)
  })

  it('named like properties of every object stay data', () => {
    const zoo = decodeZoo('<__proto__><polluted>1</polluted></__proto__><constructor/><name>n</name>', {
      unknownElements: 'keep',
      leafAttributes: true,
    })
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
    expect(Object.getPrototypeOf(zoo)).toBe(Object.prototype)
    expect(zoo.name).toBe('n')
  })

  it('give their attributes when asked', () => {
    const zoo = decodeZoo('<name kb="CUD" kxe="false">n</name><cage id="1"/><cage p:q="2" xmlns:p="urn:p"/>', {
      leafAttributes: true,
    })
    expect((zoo as unknown as { $attributes: unknown }).$attributes).toEqual({
      name: { kb: 'CUD', kxe: 'false' },
      cage: [{ id: '1' }, { '{urn:p}q': '2' }],
    })
  })

  it('of open content are read as the global element they are', () => {
    const cage = decodeZoo('<cage><zoo><name>inner</name></zoo></cage>').cage[0]
    expect(cage?.content?.name).toBe('zoo')
    expect((cage?.content?.value as Zoo | undefined)?.name).toBe('inner')
  })

  it('that nobody selects are jumped over', () => {
    const decoder = compileDecoder(zooSchema, 'Zoo', { select: { name: true, cage: { id: true } } })
    const zoo = decoder.decode(
      '<zoo xmlns="urn:zoo"><name>n</name><area>1</area><cage id="3"><number>4</number></cage></zoo>',
    )
    expect(zoo).toEqual({ name: 'n', cage: [{ id: 3 }] })
  })
})

describe('types named by the document', () => {
  it('subtypes come as themselves', () => {
    const zoo = decodeZoo(
      '<animal xsi:type="Aves"><name>a</name><wingspan>1.5</wingspan></animal><animal xmlns:z="urn:zoo" xsi:type="z:Parrot"><words>hi</words></animal><animal/>',
    )
    expect(zoo.animal.map((animal) => animal._type)).toEqual(['Bird', 'Parrot', 'Animal'])
    expect(zoo.animal[1]?.words).toEqual(['hi'])
  })

  it('prefixes are resolved by their URI, also where they are bound on the element', () => {
    const zoo = decodeZoo(
      '<animal xmlns:_XMLSchema-instance="http://www.w3.org/2001/XMLSchema-instance" _XMLSchema-instance:type="Aves"/>',
    )
    expect(zoo.animal[0]?._type).toBe('Bird')
    expect(decodeZoo('<animal xmlns:o="urn:other" o:type="Aves"/>').animal[0]?._type).toBe('Animal')
  })

  it('unknown ones keep the base, the name and the element', () => {
    const report = createDecodeReport()
    const content = '<animal xsi:type="Dragon"><name>d</name><fire>hot</fire></animal><name>after</name>'
    const zoo = decodeZoo(content, {}, report)
    expect(zoo.animal[0]).toMatchObject({
      _type: '$unknown',
      typeName: 'Dragon',
      base: { _type: 'Animal', name: 'd' },
      raw: {
        name: 'animal',
        children: [
          { name: 'name', children: ['d'] },
          { name: 'fire', children: ['hot'] },
        ],
      },
    })
    expect(zoo.name).toBe('after')
    expect([...report.unknownTypes]).toEqual([['Dragon', 1]])
  })

  it('a known type that does not extend the declared one is unknown there', () => {
    expect(decodeZoo('<animal xsi:type="Cage"/>').animal[0]).toMatchObject({ _type: '$unknown', typeName: 'Cage' })
  })

  it.each([
    ['xsi:type="xsd:string"', ' 1 ', ' 1 '],
    ['xsi:type="xsd:int"', '1', 1],
    ['xsi:type="xsd:boolean"', 'true', true],
    ['xsi:type="xsd:long"', '9007199254740993', 9007199254740993n],
    ['xsi:type="xsd:dateTime"', '2020-01-01T00:00:00Z', '2020-01-01T00:00:00Z'],
    ['xsi:type="Diet"', 'meat', 'meat'],
    ['xsi:type="Keeper" role="r"', 'k', { role: 'r', name: 'k' }],
    ['xsi:type="ArrayOfString"', '<string>a</string><string/>', ['a', '']],
    ['xsi:type="ArrayOfInt"', '<int>1</int>', [1]],
    ['xsi:type="ArrayOfAnyType"', '<anyType xsi:type="xsd:int">1</anyType>', [1]],
    ['xsi:type="ArrayOfDiet"', '', []],
    ['', 'text', 'text'],
  ])('any: %s %s', (attributes, content, expected) => {
    expect(decodeZoo(`<extra ${attributes}>${content}</extra>`).extra).toEqual(expected)
  })

  it('lists hold subtypes', () => {
    expect(
      decodeZoo('<extra xsi:type="ArrayOfAnimal"><Animal xsi:type="Aves"><name>b</name></Animal></extra>').extra,
    ).toMatchObject([{ _type: 'Bird', name: 'b' }])
  })

  it('any of an unknown type keeps the element', () => {
    expect(decodeZoo('<extra xsi:type="Never"><a/></extra>').extra).toMatchObject({
      _type: '$unknown',
      typeName: 'Never',
    })
    expect(decodeZoo('<extra xsi:type="xsd:hexBinary">00</extra>').extra).toMatchObject({
      _type: '$unknown',
      typeName: 'hexBinary',
    })
  })
})

describe('documents', () => {
  const decoder = compileDecoder(zooSchema, 'Zoo')

  it('of another root are refused by name', () => {
    expect(() => decoder.decode('<cage xmlns="urn:zoo"/>')).toThrow(/root element is a Cage, not a Zoo/)
  })

  it('in ISO-8859-1 are read, and positions are those of the input', () => {
    const bytes = Buffer.from(
      '<?xml version="1.0" encoding="ISO-8859-1"?>\n<zoo xmlns="urn:zoo"><name>Zoë Ü</name></zoo>',
      'latin1',
    )
    expect(decoder.decode(bytes).name).toBe('Zoë Ü')
    const broken = Buffer.from('<?xml version="1.0" encoding="ISO-8859-1"?><zoo>ëëëë<</zoo>', 'latin1')
    expect(() => decoder.decode(broken)).toThrow(
      expect.objectContaining({ offset: broken.indexOf('<<'), code: 'syntax' }),
    )
  })

  it('with an encoding that the transport names follow it', () => {
    expect(
      decoder.decode(Buffer.from('<zoo xmlns="urn:zoo"><name>ë</name></zoo>', 'latin1'), { encoding: 'iso-8859-1' })
        .name,
    ).toBe('ë')
  })

  it('hold their line and column in errors, but no text', () => {
    let error: unknown
    try {
      decoder.decode('<zoo xmlns="urn:zoo">\n  <name>secret</nome>\n</zoo>')
    } catch (caught) {
      error = caught
    }
    expect(XmlError.isInstance(error)).toBe(true)
    expect(error).toMatchObject({ code: 'syntax', line: 2, column: 15, offset: 36 })
    expect(String(error)).not.toContain('secret')
  })
})
