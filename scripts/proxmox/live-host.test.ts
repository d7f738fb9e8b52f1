import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { createCertificateAuthority } from '@dcm/wire/loopback'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseApiDocument, readLiveHost } from './live-host.js'

const tree = [{ path: '/a', info: { GET: { returns: { type: 'null' }, parameters: {}, text: 'odd ] "\\" [ text' } } }]
const script = `/* [ */ const apiSchema = ${JSON.stringify(tree)}\n;\nlet method2cmd = { GET: 'get' }; evil([1])`

describe('parseApiDocument', () => {
  it('cuts the tree out of the script, brackets in strings or not', () => {
    expect(parseApiDocument(script)).toEqual(tree)
  })

  it('knows the older name of the variable', () => {
    expect(parseApiDocument('var pveapi = [{"path":"/a","children":[]}];')).toEqual([{ path: '/a', children: [] }])
  })

  it('refuses a script without a tree, and one that is cut off', () => {
    expect(() => parseApiDocument('<html>404</html>')).toThrow('no API tree')
    expect(() => parseApiDocument('apiSchema = [{"path": "/a"')).toThrow('cut off')
  })
})

describe('readLiveHost', () => {
  const certificate = createCertificateAuthority('test').issue(['localhost', '127.0.0.1'])
  const requests: string[] = []
  const server = createServer(
    { cert: certificate.certificatePem, key: certificate.privateKeyPem },
    (request, response) => {
      requests.push(request.url ?? '')
      response.end(script)
    },
  )
  let address = ''
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    address = `https://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterAll(() => server.close())

  it('reads the tree of a host that shows the pinned certificate', async () => {
    expect(await readLiveHost({ address, fingerprint: certificate.fingerprint256.toLowerCase() })).toEqual(tree)
    expect(requests).toEqual(['/pve-docs/api-viewer/apidoc.js'])
  })

  it('sends nothing to a host with another certificate', async () => {
    const before = requests.length
    const wrong = certificate.fingerprint256.replace(/^../, '00')
    await expect(readLiveHost({ address, fingerprint: wrong })).rejects.toThrow('shows the certificate')
    await expect(readLiveHost({ address })).rejects.toThrow('give --fingerprint')
    expect(requests).toHaveLength(before)
  })

  it('wants https', async () => {
    await expect(readLiveHost({ address: 'http://127.0.0.1:1' })).rejects.toThrow('https://')
  })
})
