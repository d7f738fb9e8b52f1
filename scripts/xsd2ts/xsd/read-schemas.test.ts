import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { SourceError } from '../model/source-error.js'
import { complexNamed, members, readText, schemaText, typeNamed, writeFiles } from '../testing/schema-files.js'
import { readSchemas } from './read-schemas.js'

describe('elements', () => {
  it('reads a sequence in its order, with what may be missing and what repeats', () => {
    const model = readText(`
      <xs:complexType name="Box"><xs:sequence>
        <xs:element name="label" type="xs:string"/>
        <xs:element name="size" type="xs:int" minOccurs="0"/>
        <xs:element name="item" type="xs:long" minOccurs="0" maxOccurs="unbounded"/>
        <xs:element name="pair" type="xs:boolean" maxOccurs="2"/>
        <xs:element name="gone" type="xs:string" minOccurs="0" maxOccurs="0"/>
        <xs:element name="box" type="Box" minOccurs="0"/>
      </xs:sequence></xs:complexType>`)
    expect(members(model, 'Box')).toEqual(['label:string!', 'size:int', 'item:long*', 'pair:boolean*!', 'box:Box'])
  })

  it('makes members of a choice optional, and one member of an element in several branches', () => {
    const model = readText(`
      <xs:complexType name="Either"><xs:choice>
        <xs:element name="a" type="xs:string"/>
        <xs:sequence><xs:element name="a" type="xs:string"/><xs:element name="b" type="xs:double"/></xs:sequence>
      </xs:choice></xs:complexType>
      <xs:complexType name="Any"><xs:choice maxOccurs="unbounded">
        <xs:element name="a" type="xs:string"/><xs:element name="b" type="xs:string"/>
      </xs:choice></xs:complexType>`)
    expect(members(model, 'Either')).toEqual(['a:string', 'b:double'])
    expect(members(model, 'Any')).toEqual(['a:string*', 'b:string*'])
  })

  it('reads xs:all, groups by reference, wildcards and elements without a type', () => {
    const model = readText(`
      <xs:group name="Common"><xs:sequence><xs:element name="id" type="xs:token"/></xs:sequence></xs:group>
      <xs:complexType name="Mixed"><xs:sequence>
        <xs:group ref="Common" minOccurs="0"/><xs:any maxOccurs="unbounded"/><xs:element name="open"/>
      </xs:sequence></xs:complexType>
      <xs:complexType name="All"><xs:all><xs:element name="x" type="xs:string" minOccurs="0"/><xs:element name="y" type="xs:string"/></xs:all></xs:complexType>`)
    expect(members(model, 'Mixed')).toEqual(['id:token', '*:any*', 'open:any!'])
    expect(members(model, 'All')).toEqual(['x:string', 'y:string!'])
  })

  it('calls types without a name after where they stand', () => {
    const model = readText(`
      <xs:element name="order"><xs:complexType><xs:sequence>
        <xs:element name="line" maxOccurs="unbounded"><xs:complexType><xs:attribute name="n" type="xs:int"/></xs:complexType></xs:element>
        <xs:element name="kind"><xs:simpleType><xs:restriction base="xs:string"><xs:enumeration value="a"/></xs:restriction></xs:simpleType></xs:element>
      </xs:sequence></xs:complexType></xs:element>`)
    expect(members(model, 'Order')).toEqual(['line:OrderLine#inner*!', 'kind:OrderKind#inner!'])
    expect(members(model, 'OrderLine')).toEqual(['@n:int'])
    expect(complexNamed(model, 'Order').wireName).toBeUndefined()
    expect(model.elements).toEqual([{ name: 'order', namespace: 'urn:a', value: { type: '{urn:a}Order#inner' } }])
  })

  it('takes what may be nil as optional, and knows which elements have no namespace', () => {
    const folder = writeFiles({
      'a.xsd': schemaText(`
        <xs:element name="global" type="xs:string"/>
        <xs:complexType name="T"><xs:sequence>
          <xs:element name="nil" type="xs:int" nillable="true"/>
          <xs:element ref="global"/>
          <xs:element name="bare" type="xs:int" form="unqualified"/>
        </xs:sequence></xs:complexType>`),
    })
    const model = readSchemas([join(folder, 'a.xsd')])
    expect(
      complexNamed(model, 'T').members.map(({ name, required, namespace }) => [name, required, namespace]),
    ).toEqual([
      ['nil', false, 'urn:a'],
      ['global', true, 'urn:a'],
      ['bare', true, ''],
    ])
  })
})

describe('derivation', () => {
  it('keeps the base of an extension and adds what is new', () => {
    const model = readText(`
      <xs:complexType name="Animal" abstract="true"><xs:sequence><xs:element name="name" type="xs:string"/></xs:sequence></xs:complexType>
      <xs:complexType name="Bird"><xs:complexContent><xs:extension base="Animal">
        <xs:sequence><xs:element name="wings" type="xs:int"/></xs:sequence><xs:attribute name="ring" type="xs:string"/>
      </xs:extension></xs:complexContent></xs:complexType>`)
    expect(complexNamed(model, 'Animal').abstract).toBe(true)
    expect(complexNamed(model, 'Bird').base).toBe('{urn:a}Animal')
    expect(members(model, 'Bird')).toEqual(['@ring:string', 'wings:int!'])
  })

  it('takes a restriction of a type for values of that type', () => {
    const model = readText(`
      <xs:complexType name="Wide"><xs:sequence><xs:element name="a" type="xs:string"/><xs:element name="b" type="xs:string" minOccurs="0"/></xs:sequence></xs:complexType>
      <xs:complexType name="Narrow"><xs:complexContent><xs:restriction base="Wide">
        <xs:sequence><xs:element name="a" type="xs:string"/></xs:sequence></xs:restriction></xs:complexContent></xs:complexType>`)
    expect(complexNamed(model, 'Narrow').base).toBe('{urn:a}Wide')
    expect(members(model, 'Narrow')).toEqual([])
  })

  it('reads text with attributes, and as plain text when no attribute counts', () => {
    const text = `
      <xs:attributeGroup name="Notes"><xs:attribute name="note" type="xs:string"/></xs:attributeGroup>
      <xs:complexType name="Measure"><xs:simpleContent><xs:extension base="xs:double"><xs:attribute name="unit" type="xs:string" use="required"/></xs:extension></xs:simpleContent></xs:complexType>
      <xs:complexType name="Noted"><xs:simpleContent><xs:extension base="xs:int"><xs:attributeGroup ref="Notes"/></xs:extension></xs:simpleContent></xs:complexType>
      <xs:complexType name="Pair"><xs:simpleContent><xs:extension base="xs:string"><xs:attribute name="value" type="xs:string"/></xs:extension></xs:simpleContent></xs:complexType>
      <xs:complexType name="Use"><xs:sequence><xs:element name="noted" type="Noted"/></xs:sequence></xs:complexType>`
    const model = readText(text)
    expect(members(model, 'Measure')).toEqual(['@unit:string!', '#value:double'])
    expect(members(model, 'Pair')).toEqual(['@value:string', '#text:string'])
    expect(members(model, 'Use')).toEqual(['noted:Noted!'])
    expect(members(readText(text, { ignoreAttributes: ['note'] }), 'Use')).toEqual(['noted:int!'])
  })

  it('leaves wildcards alone as they come, and warns of text between elements', () => {
    const model = readText(`
      <xs:complexType name="Opaque" mixed="true"><xs:sequence><xs:any minOccurs="0" maxOccurs="unbounded"/></xs:sequence><xs:anyAttribute/></xs:complexType>
      <xs:complexType name="Prose" mixed="true"><xs:sequence><xs:element name="b" type="xs:string"/></xs:sequence></xs:complexType>
      <xs:complexType name="Use"><xs:sequence><xs:element name="o" type="Opaque"/></xs:sequence></xs:complexType>`)
    expect(members(model, 'Use')).toEqual(['o:raw!'])
    expect(model.warnings).toEqual([expect.stringMatching(/a\.xsd:4: text between the elements of Prose is not read/)])
  })
})

describe('simple types', () => {
  const use = (type: string): string =>
    `<xs:complexType name="Use"><xs:sequence><xs:element name="v" type="${type}"/></xs:sequence></xs:complexType>`

  it('reads enumerations, and a union with text as an open one', () => {
    const model = readText(`
      <xs:simpleType name="Closed"><xs:restriction base="xs:string"><xs:enumeration value="a"/><xs:enumeration value="b &amp; c"/></xs:restriction></xs:simpleType>
      <xs:simpleType name="Open"><xs:union memberTypes="xs:string"><xs:simpleType><xs:restriction base="xs:string"><xs:enumeration value="x"/></xs:restriction></xs:simpleType></xs:union></xs:simpleType>
      <xs:simpleType name="Both"><xs:union memberTypes="Closed Open"/></xs:simpleType>`)
    const values = (name: string): unknown => {
      const type = typeNamed(model, name)
      return type.form === 'enumeration' && [type.open, type.values.map(({ value }) => value)]
    }
    expect(values('Closed')).toEqual([false, ['a', 'b & c']])
    expect(values('Open')).toEqual([true, ['x']])
    expect(values('Both')).toEqual([true, ['a', 'b & c', 'x']])
    expect(model.types.size).toBe(3)
  })

  it('takes a union with the empty text for the other member, and a union of unlike members for text', () => {
    const empty =
      '<xs:simpleType name="Empty"><xs:restriction base="xs:string"><xs:maxLength value="0"/></xs:restriction></xs:simpleType>'
    const orEmpty = `${empty}<xs:simpleType name="IntOrEmpty"><xs:union memberTypes="xs:int Empty"/></xs:simpleType>`
    expect(members(readText(`${orEmpty}${use('IntOrEmpty')}`), 'Use')).toEqual(['v:int!'])
    const unlike = '<xs:simpleType name="U"><xs:union memberTypes="xs:int xs:boolean"/></xs:simpleType>'
    expect(members(readText(`${unlike}${use('U')}`), 'Use')).toEqual(['v:token!'])
  })

  it('reads a list as the text it is', () => {
    const list = '<xs:simpleType name="L"><xs:list itemType="xs:int"/></xs:simpleType>'
    expect(members(readText(`${list}${use('L')}`), 'Use')).toEqual(['v:token!'])
  })

  it('keeps patterns and limits, and warns of a pattern that JavaScript does not know', () => {
    const model = readText(`
      <xs:simpleType name="Code"><xs:restriction base="xs:string"><xs:pattern value="[A-Z]{2}"/><xs:pattern value="\\d+"/><xs:maxLength value="9"/></xs:restriction></xs:simpleType>
      <xs:simpleType name="Percent"><xs:restriction base="xs:int"><xs:minInclusive value="0"/><xs:maxExclusive value="101"/></xs:restriction></xs:simpleType>
      <xs:simpleType name="Odd"><xs:restriction base="Code"><xs:pattern value="[a-z-[aeiou]]\\i"/></xs:restriction></xs:simpleType>
      <xs:complexType name="Use"><xs:attribute name="a" type="Code"/><xs:attribute name="b" type="Percent"/><xs:attribute name="c" type="Odd"/></xs:complexType>`)
    expect(typeNamed(model, 'Code')).toMatchObject({
      pattern: '[A-Z]{2}|\\d+',
      maxLength: 9,
      base: { primitive: 'string' },
    })
    expect(typeNamed(model, 'Percent')).toMatchObject({ minimum: 0, maximum: 100, base: { primitive: 'int' } })
    expect(members(model, 'Use')).toEqual(['@a:Code', '@b:Percent', '@c:Code'])
    expect(model.warnings).toHaveLength(1)
  })
})

describe('attributes', () => {
  it('reads them with their use, from groups and references; those of a namespace are not read', () => {
    const model = readText(
      `
      <xs:attributeGroup name="G"><xs:attribute name="g" type="xs:string"/><xs:anyAttribute/></xs:attributeGroup>
      <xs:complexType name="T">
        <xs:attribute name="r" type="xs:int" use="required"/><xs:attribute name="p" use="prohibited"/>
        <xs:attribute name="d" type="xs:boolean" default="true"/><xs:attributeGroup ref="G"/><xs:attribute ref="xml:lang"/>
        <xs:attribute name="version" type="xs:string"/><xs:attribute name="noise" type="xs:string"/>
      </xs:complexType>`,
      { constructedAttributes: { version: {} }, ignoreAttributes: ['noise'] },
    )
    expect(members(model, 'T')).toEqual(['@r:int!', '@d:boolean', '@g:string'])
    expect(complexNamed(model, 'T').constructedAttributes).toEqual(['version'])
    expect(complexNamed(model, 'T').members[1]?.facts).toEqual({ defaultValue: 'true' })
    expect(model.warnings).toEqual([expect.stringContaining('xml:lang')])
  })
})

describe('files', () => {
  it('follows includes and imports in circles, each file once', () => {
    const folder = writeFiles({
      'a.xsd': schemaText(`<xs:include schemaLocation="inc/b.xsd"/>
        <xs:complexType name="A"><xs:sequence><xs:element name="b" type="B"/></xs:sequence></xs:complexType>`),
      'inc/b.xsd': schemaText(`<xs:include schemaLocation="../a.xsd"/><xs:include schemaLocation="plain.xsd"/>
        <xs:import namespace="urn:c" schemaLocation="c.xsd"/>
        <xs:complexType name="B"><xs:sequence xmlns:c="urn:c"><xs:element name="a" type="A"/><xs:element ref="c:thing"/><xs:element name="p" type="Plain"/></xs:sequence></xs:complexType>`),
      'inc/plain.xsd':
        '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:complexType name="Plain"/></xs:schema>',
      'inc/c.xsd':
        '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:c"><xs:element name="thing" type="xs:int"/></xs:schema>',
    })
    const model = readSchemas([join(folder, 'a.xsd')])
    expect(members(model, 'B')).toEqual(['a:A!', 'thing:int!', 'p:Plain!'])
    expect(complexNamed(model, 'B').members[1]?.namespace).toBe('urn:c')
    expect(typeNamed(model, 'Plain').namespace).toBe('urn:a')
  })

  it('goes without files of namespaces that may be missing, and without what refers to them', () => {
    const folder = writeFiles({
      'a.xsd': schemaText(`<xs:import namespace="urn:gone" schemaLocation="gone.xsd"/>
        <xs:complexType name="T"><xs:sequence xmlns:g="urn:gone"><xs:group ref="g:G"/><xs:element name="x" type="g:X"/><xs:element name="y" type="xs:int"/></xs:sequence></xs:complexType>`),
    })
    const model = readSchemas([join(folder, 'a.xsd')], { optionalNamespaces: ['urn:gone'] })
    expect(members(model, 'T')).toEqual(['y:int!'])
    expect(() => readSchemas([join(folder, 'a.xsd')])).toThrow(/a\.xsd:2: refers to .*gone\.xsd, which does not exist/)
  })
})

describe('what is not supported says so with file and line', () => {
  const cases: readonly (readonly [string, string, RegExp])[] = [
    [
      'a sequence that repeats as a whole',
      '<xs:complexType name="T">\n<xs:sequence maxOccurs="2"><xs:element name="a" type="xs:int"/><xs:element name="b" type="xs:int"/></xs:sequence></xs:complexType>',
      /:3: xs:sequence is not supported here: a sequence of several/,
    ],
    [
      'a substitution group',
      '<xs:element name="a" type="xs:int"/>\n<xs:element name="b" type="xs:int" substitutionGroup="a"/>',
      /:3: substitutionGroup is not supported/,
    ],
    ['redefinition', '<xs:redefine schemaLocation="b.xsd"/>', /:2: xs:redefine is not supported/],
    ['an unknown construct', '<xs:frobnicate name="x"/>', /:2: xs:frobnicate is not supported/],
    [
      'an unknown facet',
      '<xs:simpleType name="S"><xs:restriction base="xs:string">\n<xs:assertion test="x"/></xs:restriction></xs:simpleType><xs:element name="e" type="S"/>',
      /:3: xs:assertion is not supported/,
    ],
    [
      'a reference to nothing',
      '\n<xs:element name="e" type="Nothing"/>',
      /:3: refers to the type \{urn:a\}Nothing, which is in none of the files/,
    ],
    [
      'a type of XML Schema that does not exist',
      '<xs:element name="e" type="xs:strin"/>',
      /:2: XML Schema has no type xs:strin/,
    ],
    ['an unbound prefix', '<xs:element name="e" type="q:T"/>', /:2: the prefix q is not bound/],
    [
      'two declarations of one name',
      '<xs:complexType name="T"/>\n<xs:complexType name="T"/>',
      /:3: T is declared a second time; the first is at .*a\.xsd:2/,
    ],
    [
      'one element at two places',
      '<xs:complexType name="T"><xs:sequence><xs:element name="a" type="xs:int"/><xs:element name="b" type="xs:int"/><xs:element name="a" type="xs:int"/></xs:sequence></xs:complexType>',
      /:2: a stands at two places/,
    ],
    [
      'one element with two types',
      '<xs:complexType name="T"><xs:choice><xs:element name="a" type="xs:int"/><xs:element name="a" type="xs:string"/></xs:choice></xs:complexType>',
      /:2: a has two types in one choice/,
    ],
    [
      'an extension of text as if it had elements',
      '<xs:complexType name="T"><xs:complexContent>\n<xs:extension base="xs:string"/></xs:complexContent></xs:complexType>',
      /:3: extends xs:string, which has no elements/,
    ],
    [
      'a count that is none',
      '<xs:complexType name="T"><xs:sequence minOccurs="some"/></xs:complexType>',
      /:2: minOccurs="some" is not a number/,
    ],
  ]
  it.each(cases)('%s', (_, declarations, message) => {
    expect(() => readText(declarations)).toThrow(SourceError)
    expect(() => readText(declarations)).toThrow(message)
  })

  it('files that are no schema', () => {
    const folder = writeFiles({
      'broken.xsd': '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">\n<xs:element></xs:schema>',
      'page.xsd': '<html/>',
      'entities.xsd': '<?xml version="1.0"?>\n<!DOCTYPE x [<!ENTITY a "b">]>\n<x/>',
    })
    expect(() => readSchemas([join(folder, 'broken.xsd')])).toThrow(/broken\.xsd:\d+: is not well-formed/)
    expect(() => readSchemas([join(folder, 'page.xsd')])).toThrow(/page\.xsd:1: is neither an XML Schema nor a WSDL/)
    expect(() => readSchemas([join(folder, 'entities.xsd')])).toThrow(/entities\.xsd:2: document types are not read/)
    expect(() => readSchemas([join(folder, 'none.xsd')])).toThrow(/There is no file .*none\.xsd/)
  })
})
