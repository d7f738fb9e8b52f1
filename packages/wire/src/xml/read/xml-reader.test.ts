import { describe, expect, it } from 'vitest'
import { parseXml } from './parse-xml.js'
import { createXmlReader } from './xml-reader.js'

function events(text: string): string[] {
  const reader = createXmlReader()
  reader.push(Buffer.from(text))
  reader.end()
  const seen: string[] = []
  for (let event = reader.next(); ; event = reader.next()) {
    const { name, prefix, text: content, depth, position } = reader
    seen.push(
      event === 'start' || event === 'end'
        ? `${event} ${prefix === '' ? '' : `${prefix}:`}${name} ${depth} @${position.line}:${position.column}`
        : event === 'finished'
          ? event
          : `${event} ${content}`,
    )
    if (event === 'finished') return seen
  }
}

describe('the pull reader', () => {
  it('gives each construct, with its place', () => {
    expect(events('<?xml version="1.0"?>\n<!--c--><?t b?><a>\n x<p:b xmlns:p="u"/><![CDATA[y]]></a>\n')).toEqual([
      'comment c',
      'instruction b',
      'start a 1 @2:16',
      'text \n x',
      'start p:b 2 @3:3',
      'end p:b 2 @3:3',
      'cdata y',
      'end a 1 @3:34',
      'finished',
    ])
  })

  it('takes pieces at any time, also before it asks for them', () => {
    const reader = createXmlReader()
    reader.push(Buffer.from('<a><b>1</b><c'))
    expect(reader.next()).toBe('start')
    expect(reader.next()).toBe('start')
    reader.push(Buffer.from('>2</c>'))
    const seen = []
    for (let event = reader.next(); event !== 'need-input'; event = reader.next())
      seen.push(event === 'text' ? reader.text : event)
    expect(seen).toEqual(['1', 'end', 'start', '2', 'end'])
    reader.push(Buffer.from('</a>'))
    reader.end()
    expect([reader.next(), reader.next(), reader.next()]).toEqual(['end', 'finished', 'finished'])
  })

  it('follows the encoding that the transport names over that of the document', () => {
    const text = '<?xml version="1.0" encoding="windows-1252"?><a>é</a>'
    expect(() => parseXml(Buffer.from(text))).toThrow(/encoding other than/)
    expect(parseXml(Buffer.from(text), { encoding: 'utf-8' }).children).toEqual(['é'])
    expect(parseXml(Buffer.from(text, 'latin1'), { encoding: 'iso-8859-1' }).children).toEqual(['é'])
    expect(parseXml(text).children).toEqual(['é'])
    const reader = createXmlReader({ encoding: 'utf-8' })
    reader.push(Buffer.from(`\ufeff${text}`))
    reader.end()
    expect([reader.next(), reader.next(), reader.text]).toEqual(['start', 'text', 'é'])
  })

  it('lets control characters through only on request', () => {
    expect(() => parseXml('<a>\u0001</a>')).toThrow(/control character/)
    expect(parseXml('<a b="\u0002">\u0001&#3;</a>', { controlCharacters: 'keep' })).toMatchObject({
      attributes: [{ value: '\u0002' }],
      children: ['\u0001\u0003'],
    })
  })
})
