import { type AddressInfo, connect as connectTcp, createServer as createTcpServer } from 'node:net'
import { createServer as createTlsServer, type TLSSocket } from 'node:tls'
import { describe, expect, it } from 'vitest'
import { createCertificateAuthority, type IssuedCertificate } from '../loopback/index.js'
import { readServerCertificate } from './server-certificate.js'
import { atEnd, openTransport, startServer, transportTo, wireErrorOf } from './testing/cleanup.js'

const get = { method: 'GET', path: '/version?token=hidden', headers: { authorization: 'secret-value' } }

interface ByteCounter {
  url: string
  connections(): number
  /** Bytes that arrived inside TLS. */
  bytes(): number
}

/** A TLS server that counts what it is sent and never answers. */
async function countBytes(certificate: IssuedCertificate): Promise<ByteCounter> {
  const sockets: TLSSocket[] = []
  let connections = 0
  let bytes = 0
  const server = createTlsServer({ cert: certificate.certificatePem, key: certificate.privateKeyPem }, (socket) => {
    sockets.push(socket)
    socket.on('error', () => {})
    socket.on('data', (chunk: Buffer) => {
      bytes += chunk.length
    })
  })
  server.on('tlsClientError', () => {})
  server.on('connection', () => {
    connections += 1
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  atEnd(() => {
    for (const socket of sockets) socket.destroy()
    return new Promise((resolve) => server.close(resolve))
  })
  const { port } = server.address() as AddressInfo // a listening TCP server has an address of this shape
  return { url: `https://127.0.0.1:${port}`, connections: () => connections, bytes: () => bytes }
}

/** Time for a byte that was sent to arrive: a connection of our own to the same server, opened and closed. */
async function settle(url: string): Promise<void> {
  const { port } = new URL(url)
  for (let round = 0; round < 3; round += 1) {
    await new Promise<void>((resolve) => {
      const socket = connectTcp(Number(port), '127.0.0.1', () => socket.destroy())
      socket.on('error', () => {})
      socket.on('close', () => resolve())
    })
  }
}

describe('trust', () => {
  it('lets the counting server of these tests see the bytes of a request that is sent', async () => {
    const certificate = createCertificateAuthority('A').issue(['127.0.0.1'])
    const server = await countBytes(certificate)
    const transport = openTransport({ baseUrl: server.url, fingerprint256: certificate.fingerprint256 })
    const controller = new AbortController()
    const failed = wireErrorOf(transport.request({ ...get, signal: controller.signal }))
    await expect.poll(() => server.bytes()).toBeGreaterThan(50)
    controller.abort()
    await failed
  })

  it('accepts a server whose certificate the given authority signed', async () => {
    const server = await startServer()
    expect((await transportTo(server).request(get)).status).toBe(200)
  })

  it('accepts a pinned server without its authority, in any spelling and among several pins', async () => {
    const server = await startServer()
    const lower = server.fingerprint256.replaceAll(':', '').toLowerCase()
    const other = 'AB'.repeat(32)
    for (const fingerprint256 of [server.fingerprint256, lower, [other, server.fingerprint256]]) {
      const transport = openTransport({ baseUrl: server.url, fingerprint256 })
      expect((await transport.request(get)).status).toBe(200)
    }
    const bySha1 = openTransport({ baseUrl: server.url, fingerprint1: server.fingerprint1 })
    expect((await bySha1.request(get)).status).toBe(200)
  })

  it('checks the pin on every connection, not only on the first', async () => {
    const server = await startServer({ maxRequestsPerConnection: 1 })
    const transport = openTransport({ baseUrl: server.url, fingerprint256: server.fingerprint256 })
    for (let index = 0; index < 3; index += 1) await (await transport.request(get)).text()
    expect(server.requests.connections()).toBe(3)
  })

  it('lets the pin win over name and dates', async () => {
    const authority = createCertificateAuthority('Test')
    const certificate = authority.issue(['other.example'], { notAfter: new Date(Date.now() - 60_000) })
    const server = await startServer({ certificate })
    const transport = openTransport({ baseUrl: server.url, fingerprint256: certificate.fingerprint256 })
    expect((await transport.request(get)).status).toBe(200)
  })

  it('wants chain and dates right when an authority is given beside the pin, but not the name', async () => {
    const authority = createCertificateAuthority('Test')
    const otherName = authority.issue(['other.example'])
    const server = await startServer({ certificate: otherName })
    const pins = { fingerprint256: otherName.fingerprint256 }
    const good = openTransport({ baseUrl: server.url, ca: authority.certificatePem, ...pins })
    expect((await good.request(get)).status).toBe(200)
    const stranger = createCertificateAuthority('Stranger').certificatePem
    const bad = openTransport({ baseUrl: server.url, ca: stranger, ...pins })
    expect(await wireErrorOf(bad.request(get))).toMatchObject({ kind: 'tls-untrusted' })
  })

  it('accepts anything when explicitly told so', async () => {
    const server = await startServer()
    const transport = openTransport({ baseUrl: server.url, allowUntrusted: true })
    expect((await transport.request(get)).status).toBe(200)
  })

  it.each<{
    name: string
    issue: () => { certificate: IssuedCertificate; ca: string | undefined }
    reason: RegExp
  }>([
    {
      name: 'an unknown authority',
      issue: () => ({ certificate: createCertificateAuthority('A').issue(['127.0.0.1']), ca: undefined }),
      reason: /its authority is not among the trusted ones/,
    },
    {
      name: 'another authority than the given one',
      issue: () => ({
        certificate: createCertificateAuthority('A').issue(['127.0.0.1']),
        ca: createCertificateAuthority('A').certificatePem,
      }),
      reason: /CERT|UNABLE|SIGNATURE/,
    },
    {
      name: 'an expired certificate',
      issue: () => {
        const authority = createCertificateAuthority('A')
        const certificate = authority.issue(['127.0.0.1'], { notAfter: new Date(Date.now() - 60_000) })
        return { certificate, ca: authority.certificatePem }
      },
      reason: /it has expired/,
    },
    {
      name: 'a certificate for later',
      issue: () => {
        const authority = createCertificateAuthority('A')
        const certificate = authority.issue(['127.0.0.1'], { notBefore: new Date(Date.now() + 3_600_000) })
        return { certificate, ca: authority.certificatePem }
      },
      reason: /not valid yet/,
    },
    {
      name: 'a certificate for another name',
      issue: () => {
        const authority = createCertificateAuthority('A')
        return { certificate: authority.issue(['other.example', '10.0.0.1']), ca: authority.certificatePem }
      },
      reason: /issued for other names/,
    },
  ])('refuses $name, names the fingerprint to pin and sends nothing', async ({ issue, reason }) => {
    const { certificate, ca } = issue()
    const server = await countBytes(certificate)
    const transport = openTransport({ baseUrl: server.url, ...(ca === undefined ? {} : { ca }) })
    const error = await wireErrorOf(transport.request({ ...get, method: 'POST', body: 'password=x' }))
    expect(error).toMatchObject({ kind: 'tls-untrusted', outcome: 'not-sent', retryable: false, path: '/version' })
    expect(error.message).toMatch(reason)
    expect(error.message).toContain(`fingerprint256: "${certificate.fingerprint256}"`)
    expect(server.connections()).toBe(1)
    await settle(server.url)
    expect(server.bytes()).toBe(0)
    expect(transport.stats).toEqual({ requests: 1, connections: 0, retries: 0 })
  })

  it.each([
    ['fingerprint256', 64],
    ['fingerprint1', 40],
  ] as const)('refuses a server that is not the one of %s and sends nothing', async (field, digits) => {
    const certificate = createCertificateAuthority('A').issue(['127.0.0.1'])
    const server = await countBytes(certificate)
    const transport = openTransport({ baseUrl: server.url, [field]: 'A'.repeat(digits) })
    const error = await wireErrorOf(transport.request(get))
    expect(error).toMatchObject({ kind: 'tls-pin', outcome: 'not-sent', retryable: false })
    expect(error.message).toContain(certificate[field])
    expect(error.message).toContain(`set ${field}`)
    expect(server.connections()).toBe(1)
    await settle(server.url)
    expect(server.bytes()).toBe(0)
  })

  it('refuses a server that fits only one of two kinds of pin', async () => {
    const server = await startServer()
    const pins = { fingerprint256: server.fingerprint256, fingerprint1: 'B'.repeat(40) }
    const transport = openTransport({ baseUrl: server.url, ...pins })
    expect(await wireErrorOf(transport.request(get))).toMatchObject({ kind: 'tls-pin' })
  })

  it('says so when the authority cannot be read', async () => {
    const server = await startServer()
    const ca = '-----BEGIN CERTIFICATE-----\nbm90IGEgY2VydGlmaWNhdGU=\n-----END CERTIFICATE-----\n'
    const transport = openTransport({ baseUrl: server.url, ca })
    expect(await wireErrorOf(transport.request(get))).toMatchObject({
      kind: 'tls-untrusted',
      message: expect.stringContaining('whole PEM certificates'),
    })
  })

  it('keeps to the lowest TLS version that was asked for', async () => {
    const authority = createCertificateAuthority('A')
    const certificate = authority.issue(['127.0.0.1'])
    const options = { cert: certificate.certificatePem, key: certificate.privateKeyPem, maxVersion: 'TLSv1.2' as const }
    const server = createTlsServer(options, (socket) => {
      socket.on('error', () => {})
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'))
    })
    server.on('tlsClientError', () => {})
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    atEnd(() => new Promise((resolve) => server.close(resolve)))
    const { port } = server.address() as AddressInfo // a listening TCP server has an address of this shape
    const target = { baseUrl: `https://127.0.0.1:${port}`, ca: authority.certificatePem }
    expect((await openTransport(target).request(get)).status).toBe(200)
    const strict = openTransport({ ...target, minVersion: 'TLSv1.3' })
    const error = await wireErrorOf(strict.request(get))
    expect(error).toMatchObject({ kind: 'protocol', outcome: 'not-sent' })
    expect(error.message).toMatch(/minVersion/)
  })

  it('says so when the port speaks plain HTTP', async () => {
    const plain = await startServer({ protocol: 'http' })
    const transport = openTransport({ baseUrl: `https://127.0.0.1:${plain.port}`, retries: 0 })
    const error = await wireErrorOf(transport.request(get))
    expect(error).toMatchObject({ outcome: 'not-sent' })
    expect(error.message).toMatch(/speak.* TLS/)
  })

  it('says so when the other side hangs up during the handshake', async () => {
    const server = createTcpServer((socket) => {
      socket.on('error', () => {})
      socket.once('data', () => socket.destroy())
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    atEnd(() => new Promise((resolve) => server.close(resolve)))
    const { port } = server.address() as AddressInfo // a listening TCP server has an address of this shape
    const transport = openTransport({ baseUrl: `https://127.0.0.1:${port}`, retries: 0 })
    const error = await wireErrorOf(transport.request(get))
    expect(error).toMatchObject({ kind: 'connect', outcome: 'not-sent' })
    expect(error.message).toMatch(/during the TLS handshake/)
  })

  it('speaks plain HTTP only when told to', async () => {
    const server = await startServer({ protocol: 'http' })
    expect(() => openTransport({ baseUrl: server.url })).toThrow(/allowPlainHttp/)
    const transport = openTransport({ baseUrl: server.url, allowPlainHttp: true })
    expect(await (await transport.request(get)).text()).toBe('fine')
  })

  it('reaches a server by its IPv6 address', async () => {
    const server = await startServer({ host: '::1' }).catch(() => undefined)
    if (server === undefined) return // this machine has no IPv6
    expect((await transportTo(server).request(get)).status).toBe(200)
    expect((await readServerCertificate({ baseUrl: server.url })).fingerprint256).toBe(server.fingerprint256)
    const authority = createCertificateAuthority('A')
    const other = await startServer({ host: '::1', certificate: authority.issue(['2001:db8::1']) })
    const misnamed = openTransport({ baseUrl: other.url, ca: authority.certificatePem })
    const error = await wireErrorOf(misnamed.request(get))
    expect(error).toMatchObject({ kind: 'tls-untrusted', message: expect.stringContaining('issued for other names') })
  })
})

describe('readServerCertificate', () => {
  it('gives what a user needs to decide, without sending a request', async () => {
    const authority = createCertificateAuthority('Cluster Authority')
    const certificate = authority.issue(['pve1.example', '127.0.0.1'], { notAfter: new Date('2049-05-06T07:08:09Z') })
    const server = await countBytes(certificate)
    expect(await readServerCertificate({ baseUrl: server.url })).toEqual({
      fingerprint256: certificate.fingerprint256,
      fingerprint1: certificate.fingerprint1,
      subject: 'CN=pve1.example',
      issuer: 'CN=Cluster Authority',
      validTo: '2049-05-06T07:08:09.000Z',
    })
    await settle(server.url)
    expect(server.bytes()).toBe(0)
  })

  it('takes whole transport options, whose pin no longer fits', async () => {
    const server = await startServer()
    const options = {
      baseUrl: server.url,
      ca: server.ca,
      fingerprint256: 'AA'.repeat(32),
      minVersion: 'TLSv1.3' as const,
    }
    const certificate = await readServerCertificate({ ...options, connectTimeoutMs: 50_000 })
    expect(certificate.fingerprint256).toBe(server.fingerprint256)
  })

  it('fails like a request does', async () => {
    const server = await startServer()
    await server.close()
    const error = await wireErrorOf(readServerCertificate({ baseUrl: server.url }))
    expect(error).toMatchObject({ kind: 'connect', outcome: 'not-sent', retryable: true })
    await expect(readServerCertificate({ baseUrl: 'http://127.0.0.1:1' })).rejects.toThrow(/https|allowPlainHttp/)
  })
})
