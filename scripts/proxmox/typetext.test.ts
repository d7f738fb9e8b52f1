import { describe, expect, it } from 'vitest'
import { parseTypetext } from './typetext.js'

describe('parseTypetext', () => {
  it('reads keys, what is optional, and the key that may be left out', () => {
    expect(parseTypetext('[type=]<tdx-type> ,attestation=<1|0> [,vsock-port=<integer>]')).toEqual({
      type: { type: 'string', defaultKey: true },
      attestation: { type: 'boolean' },
      'vsock-port': { type: 'integer', optional: true },
    })
  })

  it('reads an optional default key', () => {
    expect(parseTypetext('[[model=]<i6300esb|ib700>] [,action=<enum>]')).toEqual({
      model: { type: 'string', enum: ['i6300esb', 'ib700'], optional: true, defaultKey: true },
      action: { type: 'string', optional: true },
    })
  })

  it('reads a text where no key may be left out', () => {
    expect(parseTypetext('[gw=<GatewayIPv4>] [,ip=<IPv4Format/CIDR>]')).toEqual({
      gw: { type: 'string', optional: true },
      ip: { type: 'string', optional: true },
    })
  })

  it('takes a range for text, not for choices', () => {
    expect(parseTypetext('[phys-bits=<8-64|host>]')).toEqual({ 'phys-bits': { type: 'string', optional: true } })
  })

  it('reads the bare number pattern of the start order', () => {
    expect(parseTypetext('[[order=]\\d+] [,up=\\d+] ')).toEqual({
      order: { type: 'integer', optional: true, defaultKey: true },
      up: { type: 'integer', optional: true },
    })
  })

  it('leaves other grammars alone', () => {
    expect(parseTypetext('<node>[:<pri>]{,<node>[:<pri>]}*')).toBeUndefined()
    expect(parseTypetext('<string>')).toBeUndefined()
  })
})
