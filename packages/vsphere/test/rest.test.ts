import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import {
  createVsphereClient,
  type VsphereClient,
  type VsphereClientOptions,
  VsphereError,
} from '../src/client/index.js'
import { findVcsim, startVcsim, type Vcsim } from './vcsim/start-vcsim.js'

const binary = await findVcsim()

describe.skipIf(binary === undefined)('the REST services of vcsim', () => {
  let vcsim: Vcsim
  const clients: VsphereClient[] = []

  beforeAll(async () => {
    vcsim = await startVcsim()
  })
  afterEach(async () => {
    await vcsim.clearFaults()
    await Promise.all(clients.splice(0).map((client) => client.close()))
  })
  afterAll(() => vcsim?.close())

  function connect(options: Partial<VsphereClientOptions> = {}): VsphereClient {
    const client = createVsphereClient({
      url: vcsim.url,
      fingerprint256: vcsim.thumbprint256,
      auth: { username: vcsim.userName, password: vcsim.password },
      ...options,
    })
    clients.push(client)
    return client
  }

  async function failure(promise: Promise<unknown>): Promise<VsphereError> {
    const error = await promise.then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
    if (VsphereError.isInstance(error)) return error
    throw new Error(`not a VsphereError: ${String(error)}`)
  }

  it('finds the older form below /rest, logs in once for calls side by side, and logs out', async () => {
    await vcsim.resetCounts()
    const { rest, close } = connect()
    await Promise.all(Array.from({ length: 10 }, () => rest.request('GET /cis/tagging/tag')))
    await close()
    const { requests } = await vcsim.state()
    expect(requests).toMatchObject({
      'POST /api/session': 1,
      'POST /rest/com/vmware/cis/session': 1,
      'GET /rest/com/vmware/cis/tagging/tag': 10,
      'DELETE /rest/com/vmware/cis/session': 1,
    })
    expect((await failure(rest.request('GET /cis/tagging/tag'))).kind).toBe('closed')
  })

  it('makes categories and tags, attaches them and reads the tags of many objects at once', async () => {
    const { rest } = connect()
    const machines = ['vm-1', 'vm-2', 'vm-3'].map((id) => ({ type: 'VirtualMachine', id }))
    const [first, second, third] = machines
    if (first === undefined || second === undefined || third === undefined) throw new Error('three machines')
    const category = await rest.request('POST /cis/tagging/category', {
      name: 'tier',
      description: 'what it is for',
      cardinality: 'MULTIPLE',
      associable_types: ['VirtualMachine'],
    })
    const tag = { category_id: category, description: '' }
    const gold = await rest.request('POST /cis/tagging/tag', { ...tag, name: 'gold/1 ü' })
    const silver = await rest.request('POST /cis/tagging/tag', { ...tag, name: 'silver' })
    expect(await rest.request('GET /cis/tagging/tag/{tag_id}', { tag_id: gold })).toMatchObject({
      id: gold,
      name: 'gold/1 ü',
      category_id: category,
    })
    const ofCategory = await rest.request('POST /cis/tagging/tag?action=list-tags-for-category', {
      category_id: category,
    })
    expect([...ofCategory].sort()).toEqual([gold, silver].sort())
    await rest.request('POST /cis/tagging/tag-association/{tag_id}?action=attach', { tag_id: gold, object_id: first })
    await rest.request('POST /cis/tagging/tag-association?action=attach-multiple-tags-to-object', {
      object_id: second,
      tag_ids: [gold, silver],
    })
    const key = 'POST /cis/tagging/tag-association?action=list-attached-tags-on-objects'
    const byObject = await rest.request(key, { object_ids: machines })
    expect(byObject.map(({ object_id, tag_ids }) => [object_id.id, [...tag_ids].sort()])).toEqual([
      ['vm-1', [gold]],
      ['vm-2', [gold, silver].sort()],
      ['vm-3', []],
    ])
    expect(
      await rest.request('POST /cis/tagging/tag-association/{tag_id}?action=list-attached-objects', { tag_id: silver }),
    ).toEqual([second])
    await rest.request('POST /cis/tagging/tag-association/{tag_id}?action=detach', { tag_id: gold, object_id: first })
    expect(
      await rest.request('POST /cis/tagging/tag-association?action=list-attached-tags', { object_id: first }),
    ).toEqual([])
    await rest.request('PATCH /cis/tagging/tag/{tag_id}', { tag_id: silver, name: 'bronze' })
    expect((await rest.request('GET /cis/tagging/tag/{tag_id}', { tag_id: silver })).name).toBe('bronze')
    await rest.request('DELETE /cis/tagging/category/{category_id}', { category_id: category })
    expect(await rest.request('GET /cis/tagging/category')).toEqual([])
  })

  it('tells what is wrong by the kind of the error', async () => {
    const { rest } = connect()
    const category = { name: 'twice', description: '', cardinality: 'SINGLE', associable_types: [] } as const
    const id = await rest.request('POST /cis/tagging/category', category)
    const twice = await failure(rest.request('POST /cis/tagging/category', category))
    expect(twice).toMatchObject({
      kind: 'already-exists',
      outcome: 'not-started',
      causes: [{ name: 'ALREADY_EXISTS' }],
    })
    const gone = await failure(rest.request('GET /cis/tagging/tag/{tag_id}', { tag_id: 'urn:x' }))
    expect(gone).toMatchObject({ kind: 'not-found', status: 404 })
    const half = await failure(
      rest.request('POST /cis/tagging/tag-association?action=attach-multiple-tags-to-object', {
        object_id: { type: 'VirtualMachine', id: 'vm-1' },
        tag_ids: ['urn:nothing'],
      }),
    )
    expect(half).toMatchObject({ outcome: 'failed', message: expect.stringContaining('urn:nothing') })
    await rest.request('DELETE /cis/tagging/category/{category_id}', { category_id: id })
  })

  it('refuses before sending what is missing or has no place', async () => {
    await vcsim.resetCounts()
    const { rest } = connect()
    // Wrong by type, all three.
    const request = rest.request as (key: string, parameters?: object) => Promise<unknown>
    expect((await failure(request('GET /nowhere'))).kind).toBe('validation')
    expect((await failure(request('GET /cis/tagging/tag/{tag_id}'))).message).toContain('tag_id is missing')
    expect((await failure(request('GET /cis/tagging/tag', { colour: 'red' }))).message).toContain('colour')
    expect((await vcsim.state()).requests).not.toHaveProperty('GET /rest/com/vmware/cis/tagging/tag')
  })

  // Many calls that meet the end of their session: on the simulator, which can end one.
  it('renews a session when a call is told that it has ended, and sends this call again', async () => {
    const { rest } = connect()
    await rest.request('GET /cis/tagging/tag')
    await vcsim.addTransportFault({
      method: '/rest/com/vmware/content/library',
      action: 'status',
      status: 401,
      count: 1,
    })
    await vcsim.resetCounts()
    await Promise.all(Array.from({ length: 8 }, () => rest.request('GET /content/library')))
    const { requests } = await vcsim.state()
    expect(requests['POST /rest/com/vmware/cis/session']).toBe(1)
    expect(requests['GET /rest/com/vmware/content/library']).toBe(9)
  })

  it('sends a refused password once', async () => {
    await vcsim.resetCounts()
    const { rest } = connect({ auth: { username: vcsim.userName, password: 'wrong-horse' } })
    const error = await failure(rest.request('GET /content/library'))
    expect(error.kind).toBe('unauthenticated')
    expect(JSON.stringify(error)).not.toContain('wrong-horse')
    expect((await failure(rest.request('GET /content/library'))).kind).toBe('unauthenticated')
    expect((await vcsim.state()).requests['POST /rest/com/vmware/cis/session']).toBe(1)
  })

  it('does not repeat a change whose answer was lost', async () => {
    const { rest } = connect()
    await rest.request('GET /cis/tagging/category')
    await vcsim.resetCounts()
    await vcsim.addTransportFault({ method: '/rest/com/vmware/cis/tagging/category', action: 'lose-answer', count: 1 })
    const category = { name: 'lost', description: '', cardinality: 'SINGLE', associable_types: [] } as const
    expect(await failure(rest.request('POST /cis/tagging/category', category))).toMatchObject({
      kind: 'unreachable',
      outcome: 'unknown',
      retryable: false,
    })
    expect((await vcsim.state()).requests['POST /rest/com/vmware/cis/tagging/category']).toBe(1)
  })

  it('signs in by a SAML token, and refuses the session of another client', async () => {
    const token = connect({ auth: { token: '<saml:Assertion>a</saml:Assertion>' } })
    expect(await token.rest.request('GET /content/library')).toEqual([])
    const taken = connect({ auth: { sessionCookie: 'vmware_soap_session=x' } })
    expect((await failure(taken.rest.request('GET /content/library'))).kind).toBe('validation')
  })
})

describe.skipIf(binary === undefined)('a bare ESXi host', () => {
  it('has no REST services', async () => {
    await using vcsim = await startVcsim({ esx: true })
    const { url, thumbprint256: fingerprint256, userName: username, password } = vcsim
    await using client = createVsphereClient({ url, fingerprint256, auth: { username, password } })
    await expect(client.rest.request('GET /content/library')).rejects.toMatchObject({ kind: 'unsupported' })
  })
})
