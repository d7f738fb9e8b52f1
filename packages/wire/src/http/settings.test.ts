import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { tcpFailure, tlsFailure } from './connect-failure.js'
import { normalizeFingerprint } from './fingerprint.js'
import { transportSettings } from './settings.js'
import type { TransportOptions } from './transport-types.js'

const baseUrl = 'https://host.example:8006'

describe('options', () => {
  it('get their defaults', () => {
    expect(transportSettings({ baseUrl })).toEqual({
      origin: baseUrl,
      hostname: 'host.example',
      port: 8006,
      host: 'host.example:8006',
      secure: true,
      trust: { ca: [], pins256: [], pins1: [], anything: false },
      minVersion: 'TLSv1.2',
      proxy: undefined,
      connectTimeoutMs: 10_000,
      maxConnections: 8,
      idleTimeoutMs: 4_000,
      maxRequestsPerConnection: Number.POSITIVE_INFINITY,
      timeoutMs: 60_000,
      maxBodyBytes: 67_108_864,
      compression: true,
      retries: 2,
    })
  })

  it('know default ports and IPv6 addresses', () => {
    expect(transportSettings({ baseUrl: 'https://[2001:db8::1]/' })).toMatchObject({
      origin: 'https://[2001:db8::1]',
      hostname: '2001:db8::1',
      port: 443,
      host: '[2001:db8::1]:443',
    })
    expect(transportSettings({ baseUrl: 'http://h', allowPlainHttp: true })).toMatchObject({ port: 80, secure: false })
    expect(transportSettings({ baseUrl, proxy: 'http://[::1]:3128' }).proxy).toEqual({
      hostname: '::1',
      port: 3128,
      host: '[::1]:3128',
      authorization: undefined,
    })
    expect(transportSettings({ baseUrl, proxy: 'http://proxy' }).proxy).toMatchObject({ port: 80 })
  })

  it.each<[Partial<TransportOptions>, RegExp]>([
    [{ baseUrl: 'host:8006' }, /like "https:/],
    [{ baseUrl: 'ftp://host' }, /like "https:/],
    [{ baseUrl: 'https://user:secret-word@host' }, /headers of requests/],
    [{ baseUrl: 'https://host/api2/json' }, /into each request/],
    [{ baseUrl: 'https://host/?secret-word' }, /into each request/],
    [{ baseUrl: 'http://host' }, /allowPlainHttp/],
    [{ ca: '/etc/ssl/ca.pem' }, /not a file name/],
    [{ ca: [] }, /not a file name/],
    [{ fingerprint256: 'AB:CD' }, /64 hexadecimal digits/],
    [{ fingerprint256: [] }, /empty list/],
    [{ fingerprint1: 'zz'.repeat(20) }, /40 hexadecimal digits/],
    [{ allowUntrusted: true, fingerprint256: 'ab'.repeat(32) }, /contradicts/],
    [{ proxy: 'socks5://host' }, /http:\/\/proxy/],
    [{ proxy: 'http://us%er:secret-word@host' }, /%25/],
    [{ maxConnections: 0 }, /maxConnections/],
    [{ timeoutMs: 1.5 }, /timeoutMs/],
    [{ timeoutMs: Number.NaN }, /timeoutMs/],
    [{ idleTimeoutMs: 2 ** 31 }, /idleTimeoutMs/],
    [{ retries: -1 }, /retries/],
    [{ maxBodyBytes: 0 }, /maxBodyBytes/],
    [{ maxRequestsPerConnection: 1.5 }, /maxRequestsPerConnection/],
  ])('are refused with the remedy: %j', (options, remedy) => {
    const make = (): unknown => transportSettings({ baseUrl, ...options })
    expect(make).toThrow(remedy)
    expect(make).toThrow(TypeError)
    expect(make).not.toThrow(/secret-word/)
  })
})

describe('fingerprints', () => {
  it('are read in every usual spelling', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        fc.boolean(),
        fc.boolean(),
        (bytes, colons, lower) => {
          const pairs = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0').toUpperCase())
          const written = pairs.join(colons ? ':' : '')
          const text = lower ? ` ${written.toLowerCase()}\n` : written
          expect(normalizeFingerprint('fingerprint256', text)).toBe(pairs.join(':'))
        },
      ),
    )
  })
})

describe('failures to connect', () => {
  const withCode = (code: string): Error => Object.assign(new Error(code), { code })

  it('are named by what to do', () => {
    expect(tcpFailure(withCode('ENOTFOUND'), 'h:1')).toMatchObject({ kind: 'dns', transient: false })
    expect(tcpFailure(withCode('EAI_AGAIN'), 'h:1')).toMatchObject({ kind: 'dns', transient: true })
    expect(tcpFailure(new AggregateError([withCode('EHOSTUNREACH')]), 'h:1')).toMatchObject({ kind: 'connect' })
    expect(tcpFailure(new AggregateError([]), 'h:1').message).toContain('unknown reason')
    expect(tlsFailure(withCode('ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION'), 'h:1').message).toContain('minVersion')
    expect(tlsFailure(withCode('ERR_SSL_WRONG_VERSION_NUMBER'), 'h:1').message).toContain('does not speak TLS')
    expect(tlsFailure(withCode('ERR_SSL_SOMETHING_ELSE'), 'h:1')).toMatchObject({ kind: 'protocol', transient: false })
    expect(tlsFailure(withCode('ECONNRESET'), 'h:1')).toMatchObject({ kind: 'connect', transient: true })
  })
})
