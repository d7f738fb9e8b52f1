import { X509Certificate } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addressOctets } from './certificate.js'
import { createCertificateAuthority } from './certificate-authority.js'
import * as der from './der.js'

const label = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?$/)
const dnsName = fc
  .tuple(fc.array(label, { minLength: 1, maxLength: 3 }), fc.stringMatching(/^[a-z]{2,8}$/))
  .map(([labels, top]) => [...labels, top].join('.'))
const address = fc.oneof(fc.ipV4(), fc.ipV6())

describe('certificate authority', () => {
  const authority = createCertificateAuthority('Test Authority')
  const root = new X509Certificate(authority.certificatePem)

  it('presents itself as an authority that signed itself', () => {
    expect(root.ca).toBe(true)
    expect(root.subject).toBe('CN=Test Authority')
    expect(root.verify(root.publicKey)).toBe(true)
  })

  it('issues certificates for any names that Node verifies and matches', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(dnsName, address), { minLength: 1, maxLength: 5 }), (names) => {
        const leaf = new X509Certificate(authority.issue(names).certificatePem)
        expect(leaf.verify(root.publicKey)).toBe(true)
        expect(leaf.checkIssued(root)).toBe(true)
        expect(leaf.ca).toBe(false)
        for (const name of names) {
          const isAddress = name.includes(':') || /^[\d.]+$/.test(name)
          expect(isAddress ? leaf.checkIP(name) : leaf.checkHost(name)).toBeDefined()
        }
        expect(leaf.checkHost('not-issued.example.org')).toBeUndefined()
      }),
      { numRuns: 60 },
    )
  })

  it('writes every serial number as the positive number it was given', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 20 }), (serial) => {
        const leaf = new X509Certificate(authority.issue(['host.example'], { serial }).certificatePem)
        expect(BigInt(`0x${leaf.serialNumber || '0'}`)).toBe(BigInt(`0x${Buffer.from(serial).toString('hex')}`))
      }),
      { numRuns: 60 },
    )
  })

  it('writes validity dates to the second on both sides of 2050', () => {
    const date = fc.date({
      min: new Date('1950-01-01T00:00:00Z'),
      max: new Date('9999-12-31T00:00:00Z'),
      noInvalidDate: true,
    })
    fc.assert(
      fc.property(date, date, (notBefore, notAfter) => {
        const leaf = new X509Certificate(authority.issue(['host.example'], { notBefore, notAfter }).certificatePem)
        expect(Date.parse(leaf.validFrom)).toBe(Math.floor(notBefore.getTime() / 1000) * 1000)
        expect(Date.parse(leaf.validTo)).toBe(Math.floor(notAfter.getTime() / 1000) * 1000)
      }),
      { numRuns: 60 },
    )
  })

  it('keeps any common name as UTF-8', () => {
    for (const name of ['Prüfstelle', '試験', 'a=b, c+d', 'x'.repeat(300)]) {
      const certificate = new X509Certificate(createCertificateAuthority(name).certificatePem)
      expect(certificate.toLegacyObject().subject.CN).toBe(name)
    }
  })

  it('gives fingerprints in the form Node shows', () => {
    const issued = authority.issue(['host.example'])
    const parsed = new X509Certificate(issued.certificatePem)
    expect(issued.fingerprint256).toBe(parsed.fingerprint256)
    expect(issued.fingerprint1).toBe(parsed.fingerprint)
  })

  it('refuses names that no certificate can hold', () => {
    expect(() => authority.issue([])).toThrow(/at least one name/)
    expect(() => authority.issue(['bad name'])).toThrow(/cannot stand in a certificate/)
    expect(() => authority.issue(['fe80::1%eth0'])).toThrow(/without a zone/)
  })
})

describe('DER elements', () => {
  it('writes lengths in the shortest form', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 70_000 }), (length) => {
        const written = der.octetString(new Uint8Array(length))
        const header = length < 0x80 ? 2 : length < 0x100 ? 3 : length < 0x10000 ? 4 : 5
        expect(written.length).toBe(header + length)
        const declared =
          header === 2 ? (written[1] ?? 0) : Number.parseInt(written.subarray(2, header).toString('hex'), 16)
        expect(declared).toBe(length)
      }),
      { numRuns: 50 },
    )
  })

  it('writes object identifiers with arcs of several octets', () => {
    expect(der.objectIdentifier('1.2.840.113549').toString('hex')).toBe('06062a864886f70d')
    expect(der.objectIdentifier('2.999.3').toString('hex')).toBe('0603883703')
    expect(() => der.objectIdentifier('3.1')).toThrow(/not an object identifier/)
    expect(() => der.objectIdentifier('1.x')).toThrow(/not an object identifier/)
  })

  it('refuses dates that a certificate cannot hold', () => {
    expect(() => der.time(new Date('1949-12-31T23:59:59Z'))).toThrow(/1950/)
    expect(() => der.time(new Date(Number.NaN))).toThrow(/1950/)
  })

  it('reads every spelling of an IPv6 address alike', () => {
    const octets = (text: string): string => addressOctets(text).toString('hex')
    expect(octets('::1')).toBe('00000000000000000000000000000001')
    expect(octets('::')).toBe('0'.repeat(32))
    expect(octets('::ffff:10.0.0.1')).toBe('00000000000000000000ffff0a000001')
    expect(octets('2001:DB8:0:0:0:0:0:1')).toBe(octets('2001:db8::1'))
    expect(octets('192.168.7.255')).toBe('c0a807ff')
    expect(() => addressOctets('nonsense')).toThrow(/not an IP address/)
  })
})
