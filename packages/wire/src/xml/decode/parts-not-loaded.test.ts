import { describe, expect, it } from 'vitest'
import { compileEncoder } from '../encode/compile-encoder.js'
import { defineXmlSchema, type SchemaPart } from '../schema/schema-part.js'
import { compileDecoder } from './compile-decoder.js'
import { createDecodeReport } from './report.js'

/** Of a schema in two parts, of which the second one was not loaded. */
const part: SchemaPart = {
  namespace: 'urn:a',
  types: { Box: 'label:string item:Item', Bird: '<Animal wings:int', Shelf: 'any:any' },
  enumerations: { Open: ['a'], Closed: ['a'] },
  openEnumerations: ['Open'],
}
const schema = defineXmlSchema<Record<string, unknown>>(part)

describe('a type whose part was not loaded', () => {
  it('is read as an unknown one', () => {
    const report = createDecodeReport()
    const box = compileDecoder(schema, 'Box').decode('<Box xmlns="urn:a"><label>x</label><item><n>1</n></item></Box>', {
      report,
    })
    expect(box).toMatchObject({
      label: 'x',
      item: { _type: '$unknown', typeName: 'Item', base: undefined, raw: { name: 'item' } },
    })
    expect([...report.unknownTypes]).toEqual([['Item', 1]])
  })

  it('is unknown as well where its base is what was not loaded', () => {
    const report = createDecodeReport()
    const text =
      '<Shelf xmlns="urn:a" xmlns:i="http://www.w3.org/2001/XMLSchema-instance"><any i:type="Bird"><wings>2</wings></any></Shelf>'
    expect(compileDecoder(schema, 'Shelf').decode(text, { report })).toMatchObject({
      any: { _type: '$unknown', typeName: 'Bird' },
    })
    expect([...report.unknownTypes]).toEqual([['Bird', 1]])
  })

  it('cannot be asked for or written', () => {
    expect(() => compileDecoder(schema, 'Item')).toThrow('The schema has no type Item: load the part')
    expect(() => compileEncoder(schema, 'Box').encode({ item: { n: 1 } })).toThrow(
      /item.*no loaded part of the schema has/,
    )
  })
})

describe('enumerations', () => {
  const encode = (kind: string, value: string): string =>
    compileEncoder(defineXmlSchema<Record<string, unknown>>({ ...part, types: { T: `v:${kind}` } }), 'T').encode({
      v: value,
    })

  it('that are open take other values, closed ones do not', () => {
    expect(encode('Open', 'b')).toContain('<v>b</v>')
    expect(() => encode('Closed', 'b')).toThrow('must be one of "a"')
  })
})
