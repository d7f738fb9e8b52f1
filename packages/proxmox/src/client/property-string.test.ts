import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parsePropertyString, writePropertyString } from './property-string.js'

describe('writePropertyString', () => {
  it.each([
    [
      { virtio: 'BC:24:11:00:00:01', bridge: 'vmbr0', firewall: true },
      undefined,
      'virtio=BC:24:11:00:00:01,bridge=vmbr0,firewall=1',
    ],
    [{ discard: 'on', file: 'lab:32' }, 'file', 'lab:32,discard=on'],
    [{ file: 'lab:iso/a=b.iso' }, 'file', 'file=lab:iso/a=b.iso'],
    [{ order: 'scsi0;ide2' }, undefined, 'order=scsi0;ide2'],
    [{ a: undefined }, undefined, ''],
    [{ size: 0 }, undefined, 'size=0'],
  ])('%j', (properties, defaultKey, text) => {
    expect(writePropertyString(properties, defaultKey === undefined ? {} : { defaultKey })).toBe(text)
  })

  it.each([
    [{ a: 'x,bridge=vmbr9' }],
    [{ a: 'x\ny' }],
    [{ a: '' }],
    [{ 'a=b': 'x' }],
    [{ '': 'x' }],
    [{ a: ' x' }],
    [{ a: Number.NaN }],
  ])('refuses %j: the format has no escaping', (properties) => {
    expect(() => writePropertyString(properties)).toThrow(/property string/)
  })
})

describe('parsePropertyString', () => {
  it('reads what the platform sends', () => {
    expect({ ...parsePropertyString('virtio=BC:24:11:00:00:01,bridge=vmbr0,tag=10') }).toEqual({
      virtio: 'BC:24:11:00:00:01',
      bridge: 'vmbr0',
      tag: '10',
    })
    expect({ ...parsePropertyString('lab:100/vm-100-disk-0.qcow2,size=32G', { defaultKey: 'file' }) }).toEqual({
      file: 'lab:100/vm-100-disk-0.qcow2',
      size: '32G',
    })
    expect({ ...parsePropertyString('1', { defaultKey: 'enabled' }) }).toEqual({ enabled: '1' })
    expect({ ...parsePropertyString(' ') }).toEqual({})
  })

  it('keeps __proto__ as data', () => {
    const parsed = parsePropertyString('__proto__=x')
    expect(Object.getOwnPropertyNames(parsed)).toEqual(['__proto__'])
  })

  it('reads back whatever can be written', () => {
    const key = fc.stringMatching(/^[a-z][a-z0-9_-]{0,8}$/)
    fc.assert(
      fc.property(
        fc.dictionary(key, fc.string({ minLength: 1, unit: 'grapheme' })),
        fc.option(key, { nil: undefined }),
        (properties, defaultKey) => {
          const options = defaultKey === undefined ? {} : { defaultKey }
          let text: string
          try {
            text = writePropertyString(properties, options)
          } catch {
            return
          }
          expect({ ...parsePropertyString(text, options) }).toEqual({ ...properties })
        },
      ),
    )
  })

  it('reads any text without throwing', () => {
    fc.assert(fc.property(fc.string(), (text) => void parsePropertyString(text, { defaultKey: 'file' })))
  })
})
