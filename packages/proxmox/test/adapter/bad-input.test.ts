import { inspect } from 'node:util'
import { gib, type HypervisorError, type Result, tib } from '@dcm/core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { cloudVm, failureOf, type Lab, type ProxmoxPort, startLab, writes } from './lab.js'

let lab: Lab
beforeAll(async () => {
  lab = await startLab({
    seed: {
      templates: [
        { vmid: 9000, name: 'debian-13-cloud', diskGib: 3, cloudInit: true },
        { vmid: 9001, name: 'twin', node: 'pve1' },
        { vmid: 9002, name: 'twin', node: 'pve2' },
        { vmid: 9003, name: 'on-local-lvm', storage: 'local-lvm' },
      ],
      vms: [{ vmid: 100, name: 'plain' }],
      users: [{ id: 'reader@pve', tokens: [{ id: 'bare', secret: 'c0ffee00-0000-4000-8000-000000000000' }] }],
      acl: [{ path: '/', role: 'PVEAuditor', subject: 'reader@pve' }],
    },
  })
})
afterAll(() => lab.close())
beforeEach(() => {
  lab.simulator.requests.clear()
  lab.simulator.faults.clear()
})

function errorOf(result: Result<unknown>): HypervisorError {
  if (result.ok) throw new Error('it succeeded, and was to fail')
  return result.error
}

/** Nothing that prints an error may show what was given in confidence. */
function expectNoSecret(error: HypervisorError, ...secrets: string[]): void {
  const { password, tokenSecret } = lab.simulator.credentials
  const printed = [
    inspect(error, { depth: 20 }),
    JSON.stringify(error),
    String(error),
    inspect(error.cause, { depth: 20 }),
  ]
  for (const secret of [password, tokenSecret, ...secrets]) {
    for (const text of printed) expect(text).not.toContain(secret)
  }
}

const logins = () => lab.simulator.requests.count({ method: 'POST', path: /access\/ticket/ })

it('a name and a tag that the platform does not take are told in words', async () => {
  const port = await lab.connect()
  const source = { from: 'template', template: { name: 'debian-13-cloud' } } as const
  const error = errorOf(await port.createVm({ name: 'web_1', source, tags: ['two words'] }))
  expect(error.details).toMatchObject({
    problems: [
      { path: 'name', message: expect.stringMatching(/^must be a DNS name: letters, digits and hyphens/) },
      { path: 'tags[0]', message: expect.stringMatching(/^must be letters, digits/) },
    ],
  })
})

describe('a connection that cannot work', () => {
  const wrongPassword = { username: 'root@pam', password: { secretValue: 'open-sesame-4711' } }

  it('wrong password: UNAUTHENTICATED with the remedy, one login', async () => {
    const port = await lab.connect({ auth: wrongPassword })
    const error = errorOf(await port.testConnection())
    expect(error).toMatchObject({ code: 'UNAUTHENTICATED', retryable: false, details: { reason: 'bad-credentials' } })
    expect(error.message).toContain("auth.username ('root@pam'")
    expect(logins()).toBe(1)
    expectNoSecret(error, 'open-sesame-4711')
    expect(errorOf(await port.listVms()).code).toBe('UNAUTHENTICATED')
    expect(logins()).toBe(1)
    expect(writes(lab)).toEqual([])
  })

  it('wrong token secret: UNAUTHENTICATED, one request', async () => {
    const auth = { tokenId: lab.simulator.credentials.tokenId, secret: { secretValue: 'wrong-token-0815' } }
    const port = await lab.connect({ auth })
    const error = errorOf(await port.testConnection())
    expect(error).toMatchObject({ code: 'UNAUTHENTICATED', message: expect.stringContaining('auth.tokenId') })
    expect(lab.simulator.requests.count()).toBe(1)
    expectNoSecret(error, 'wrong-token-0815')
  })

  it('a token without rights: PERMISSION_DENIED that says why lists would be empty', async () => {
    const auth = { tokenId: 'reader@pve!bare', secret: { secretValue: 'c0ffee00-0000-4000-8000-000000000000' } }
    const error = errorOf(await (await lab.connect({ auth })).testConnection())
    expect(error).toMatchObject({
      code: 'PERMISSION_DENIED',
      message: expect.stringContaining('no own ACLs'),
      details: { missing: [{ privilege: 'VM.Audit', on: '/vms' }] },
    })
  })

  it('wrong port: UNAVAILABLE, retryable, names host and port', async () => {
    const port = await lab.connect({ url: 'https://127.0.0.1:1', timeouts: { connectMs: 2000 } })
    const error = errorOf(await port.testConnection())
    expect(error).toMatchObject({ code: 'UNAVAILABLE', retryable: true, details: { host: '127.0.0.1:1' } })
    expect(error.message).toContain('8006')
  })

  it('untrusted certificate: TLS_UNTRUSTED with the fingerprint to pin, and nothing sent', async () => {
    const { credentials, fingerprint256, url } = lab.simulator
    const { createRegistry, unwrap } = await import('@dcm/core')
    const { proxmox } = await import('../../src/index.js')
    const registry = createRegistry([proxmox])
    const auth = { username: credentials.user, password: { secretValue: credentials.password } }
    const port = unwrap(await registry.connect({ type: 'proxmox', endpoint: 'lab', url, auth }))
    const error = errorOf(await port.testConnection())
    expect(error).toMatchObject({ code: 'TLS_UNTRUSTED', details: { presentedFingerprint256: fingerprint256 } })
    expect(error.message).toContain(`fingerprint256: "${fingerprint256}"`)
    expect(lab.simulator.requests.count()).toBe(0)
    expectNoSecret(error)
    await port.close()
  })

  it('wrong pin: TLS_UNTRUSTED with the fingerprint presented, and nothing sent', async () => {
    const port = await lab.connect({ fingerprint256: Array(32).fill('AB').join(':') })
    const error = errorOf(await port.listVms())
    expect(error).toMatchObject({
      code: 'TLS_UNTRUSTED',
      retryable: false,
      details: { presentedFingerprint256: lab.simulator.fingerprint256 },
    })
    expect(lab.simulator.requests.count()).toBe(0)
  })

  it('an untrusted certificate that is allowed is said in the report', async () => {
    const { credentials, url } = lab.simulator
    const { createRegistry, unwrap } = await import('@dcm/core')
    const { proxmox } = await import('../../src/index.js')
    const auth = { tokenId: credentials.tokenId, secret: { secretValue: credentials.tokenSecret } }
    const config = { type: 'proxmox', endpoint: 'lab', url, auth, allowUntrusted: true } as const
    const report = unwrap(await createRegistry([proxmox]).testConnection(config))
    expect(report).toMatchObject({ product: 'Proxmox VE', platformIdentity: 'lab', trust: 'untrusted' })
    expect(report.warnings.join()).toContain('allowUntrusted')
  })

  it('garbage JSON: PROTOCOL', async () => {
    lab.simulator.faults.add({ match: { path: /cluster\/resources/, times: 1 }, action: { type: 'garbage' } })
    expect(errorOf(await lab.port.listVms()).code).toBe('PROTOCOL')
    lab.simulator.faults.add({
      match: { path: /cluster\/resources/, times: 1 },
      action: { type: 'reply', reply: { status: 200, body: '<html>a gateway</html>' } },
    })
    expect(errorOf(await lab.port.listVms())).toMatchObject({
      code: 'PROTOCOL',
      message: expect.stringContaining('8006'),
    })
  })
})

describe('a specification that cannot work', () => {
  const cases: readonly (readonly [string, Parameters<ProxmoxPort['createVm']>[0], object, RegExp])[] = [
    [
      'unknown template',
      cloudVm('x', { source: { from: 'template', template: { name: 'debian-13-clout' } } }),
      { code: 'NOT_FOUND', details: { missing: [{ kind: 'template', path: 'source.template' }] } },
      /did you mean 'debian-13-cloud'/,
    ],
    [
      'ambiguous name',
      cloudVm('x', { source: { from: 'template', template: { name: 'twin' } } }),
      { code: 'AMBIGUOUS' },
      /9001.*9002|9002.*9001/,
    ],
    ['too much memory', cloudVm('x', { memoryBytes: tib(4) }), { code: 'RESOURCE_EXHAUSTED' }, /128 GiB/],
    [
      'too many processors',
      cloudVm('x', { cpus: 64 }),
      { code: 'RESOURCE_EXHAUSTED' },
      /64 are asked for, and there are 32/,
    ],
    [
      'too much disk',
      cloudVm('x', { disks: [{ sizeBytes: tib(40) }] }),
      { code: 'RESOURCE_EXHAUSTED' },
      /storage shared/,
    ],
    [
      'unknown network, datastore and host at once',
      cloudVm('x', {
        nics: [{ network: { name: 'vmbr9' } }],
        placement: { datastore: { name: 'nowhere' }, host: { name: 'pve9' }, resourcePool: { name: 'none' } },
      }),
      { code: 'NOT_FOUND' },
      /host named 'pve9'.*resource-pool named 'none'.*datastore named 'nowhere'.*network named 'vmbr9'/,
    ],
    [
      'a disk smaller than the template’s',
      cloudVm('x', { disks: [{ sizeBytes: gib(1) }] }),
      { code: 'INVALID_ARGUMENT', details: { problems: [{ path: 'disks[0].sizeBytes' }] } },
      /at least 3 GiB/,
    ],
    [
      'a VM in place of a template',
      cloudVm('x', { source: { from: 'template', template: { id: '100' } } }),
      { code: 'NOT_FOUND' },
      /template with the id '100'/,
    ],
    [
      'a linked clone on another datastore',
      cloudVm('x', {
        source: { from: 'template', template: { id: '9000' }, clone: 'linked' },
        placement: { datastore: { name: 'local-lvm' } },
      }),
      { code: 'INVALID_ARGUMENT' },
      /'full'/,
    ],
    [
      'a host that the template’s disks do not reach',
      cloudVm('x', {
        source: { from: 'template', template: { id: '9003' } },
        placement: { host: { name: 'pve2' } },
      }),
      { code: 'INVALID_ARGUMENT' },
      /must be pve1/,
    ],
    [
      'a user-data document',
      cloudVm('x', { customization: { userData: { secretValue: '#cloud-config-4711' } } }),
      { code: 'UNSUPPORTED' },
      /userData/,
    ],
    [
      'an image that is not there',
      {
        name: 'x',
        source: { from: 'image', image: { name: 'windows.iso' } },
        cpus: 1,
        memoryBytes: gib(1),
      },
      { code: 'NOT_FOUND' },
      /image named 'windows.iso'/,
    ],
  ]

  it.each(cases)('%s', async (_title, spec, shape, message) => {
    const error = await failureOf(await lab.port.createVm(spec))
    expect(error).toMatchObject(shape)
    expect(error.message).toMatch(message)
    expect(error.outcome).toBe('not-started')
    expect(writes(lab)).toEqual([])
    expectNoSecret(error, '#cloud-config-4711')
  })

  it('an unknown extension field, with the one that was meant', async () => {
    const spec = { ...cloudVm('x'), extensions: { proxmox: { onbot: true } } }
    // @ts-expect-error -- the field is misspelt on purpose, as a caller without types would
    const error = await failureOf(await lab.port.createVm(spec))
    expect(error).toMatchObject({
      code: 'INVALID_ARGUMENT',
      details: { problems: [{ path: 'extensions.proxmox.onbot' }] },
    })
    expect(error.message).toContain("did you mean 'onboot'")
    expect(writes(lab)).toEqual([])
  })

  it('an unreachable node: UNAVAILABLE that names it', async () => {
    lab.simulator.faults.nodeOffline('pve2')
    try {
      const spec = cloudVm('x', { placement: { host: { name: 'pve2' } } })
      const error = await failureOf(await lab.port.createVm(spec))
      expect(error).toMatchObject({ code: 'UNAVAILABLE', retryable: true, details: { host: 'pve2' } })
      expect(writes(lab)).toEqual([])
    } finally {
      lab.simulator.faults.nodeOnline('pve2')
    }
  })
})

describe('a call that may not be made', () => {
  it('names path and privilege', async () => {
    const { nativeOf } = await import('@dcm/core')
    const { proxmox } = await import('../../src/index.js')
    const client = nativeOf(lab.port, proxmox)
    await client.request('PUT /access/acl', { path: '/', roles: 'PVEAuditor', tokens: 'reader@pve!bare' })
    const auth = { tokenId: 'reader@pve!bare', secret: { secretValue: 'c0ffee00-0000-4000-8000-000000000000' } }
    const port = await lab.connect({ auth })
    lab.simulator.requests.clear()
    const error = await failureOf(await port.startVm({ endpoint: 'lab', id: '100' }))
    expect(error).toMatchObject({
      code: 'PERMISSION_DENIED',
      details: { missing: [{ privilege: 'VM.PowerMgmt', on: '/vms/100' }] },
    })
    expect(error.message).toContain("'reader@pve!bare' may not do this")
    const report = await port.testConnection()
    expect(report).toMatchObject({
      ok: true,
      value: { warnings: expect.arrayContaining([expect.stringContaining('VM.PowerMgmt')]) },
    })
  })
})
