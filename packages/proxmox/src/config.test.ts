import { describe, expect, it } from 'vitest'
import { baseUrlOf, type ProxmoxConfig, proxmoxConfigSchema } from './config.js'

const auth = { tokenId: 'dcm@pve!service', secret: { secretRef: 'env:PVE_TOKEN' } }

async function problemsOf(value: unknown): Promise<string[]> {
  const result = await proxmoxConfigSchema['~standard'].validate(value)
  return (result.issues ?? []).map(({ path, message }) => `${(path ?? []).join('.')} ${message}`)
}

describe('the configuration of a connection', () => {
  it.each<ProxmoxConfig>([
    { url: 'https://pve1:8006', auth },
    { url: 'https://pve1:8006/api2/json', auth },
    { host: 'pve1.example.com', auth },
    { host: '192.0.2.7', port: 443, auth },
    { host: '2001:db8::1', auth: { username: 'root@pam', password: { secretValue: 'x' } } },
    {
      url: 'https://pve1:8006',
      auth,
      fingerprint256: [Array(32).fill('ab').join(':'), 'AB'.repeat(32)],
      proxy: 'http://proxy:3128',
      vmidRange: { from: 1000, to: 1999 },
      timeouts: { connectMs: 1000, requestMs: 5000 },
      limits: { maxConnections: 4, clonesPerSource: 2 },
    },
  ])('may be %j', async (config) => {
    expect(await problemsOf(config)).toEqual([])
  })

  it.each([
    [{ auth }, /url is missing/],
    [{ url: 'https://pve1:8006', host: 'pve1', auth }, /must stand alone/],
    [{ url: 'http://pve1:8006', auth }, /must begin with https/],
    [{ url: 'https://pve1:8006/#v1:0', auth }, /must end with the port/],
    [{ url: 'https://pve1:8006/pve2', auth }, /without the path '\/pve2'/],
    [{ url: 'https://root:pw@pve1:8006', auth }, /must not hold credentials/],
    [{ host: 'pve1:8006', auth }, /give it as port/],
    [{ host: 'https://pve1', auth }, /give it as url/],
    [
      { host: 'pve1', auth: { ...auth, tokenId: 'dcm@pve!service=0815-secret' } },
      /auth\.tokenId must end before the =/,
    ],
    [{ host: 'pve1', auth: { ...auth, tokenId: 'dcm@pve' } }, /needs the token's name behind a !/],
    [{ host: 'pve1', auth: { ...auth, tokenId: 'dcm!service' } }, /needs the realm/],
    [{ host: 'pve1', auth: { ...auth, secret: 'plain' } }, /auth\.secret must be \{ secretRef/],
    [{ host: 'pve1', auth: { username: 'root', password: { secretValue: 'x' } } }, /must name its realm/],
    [{ host: 'pve1', auth: { username: 'a@pve!ci', password: { secretValue: 'x' } } }, /as auth\.tokenId/],
    [{ host: 'pve1', auth, fingerprint256: Array(20).fill('AB').join(':') }, /SHA-1/],
    [{ host: 'pve1', auth, ca: '/etc/pve/pve-root-ca.pem' }, /a path is not read/],
    [{ host: 'pve1', auth, vmidRange: { from: 200, to: 100 } }, /must not end before it begins/],
    [{ host: 'pve1', auth, allowUntrustd: true }, /did you mean 'allowUntrusted'/],
  ])('may not be %j', async (config, problem) => {
    const problems = await problemsOf(config)
    expect(problems.join('\n')).toMatch(problem)
    expect(problems.join('\n')).not.toContain('0815-secret')
  })

  it.each([
    [{ url: 'https://pve1' }, 'https://pve1:8006'],
    [{ url: 'https://pve1:443' }, 'https://pve1:443'],
    [{ url: 'https://pve1:9000/api2/json' }, 'https://pve1:9000'],
    [{ url: 'https://[2001:db8::1]:8006' }, 'https://[2001:db8::1]:8006'],
    [{ host: 'pve1' }, 'https://pve1:8006'],
    [{ host: '2001:db8::1', port: 8443 }, 'https://[2001:db8::1]:8443'],
  ])('%j leads to %s', (config, url) => {
    expect(baseUrlOf(config)).toBe(url)
  })
})
