import { afterEach, describe, expect, it } from 'vitest'
import { createVsphereClient, type VsphereClient } from '../src/client/index.js'
import { startVsphereSimulator, type VsphereSimulator, type VsphereSimulatorOptions } from '../src/simulator/index.js'
import { closeAll } from './close-all.js'

// vcsim has only the older form of the services, below /rest.
describe('the REST services below /api', () => {
  const open: (VsphereClient | VsphereSimulator)[] = []

  afterEach(() => closeAll(open))

  async function start(options: VsphereSimulatorOptions = {}): Promise<[VsphereSimulator, VsphereClient]> {
    const simulator = await startVsphereSimulator({ speed: 200, ...options })
    const { url, fingerprint256, credentials } = simulator
    const client = createVsphereClient({ url, fingerprint256, auth: credentials })
    open.push(simulator, client)
    return [simulator, client]
  }

  async function addTag({ rest }: VsphereClient, name: string, cardinality: 'SINGLE' | 'MULTIPLE' = 'MULTIPLE') {
    const category = { name: `${name} category`, description: '', cardinality, associable_types: ['VirtualMachine'] }
    const category_id = await rest.request('POST /cis/tagging/category', category)
    return rest.request('POST /cis/tagging/tag', { name, description: 'a tag', category_id })
  }

  function machines(simulator: VsphereSimulator) {
    return simulator.vms().map(({ ref }) => ({ type: 'VirtualMachine', id: ref }))
  }

  it('opens one session for calls side by side, and ends it', async () => {
    const [simulator, client] = await start()
    await Promise.all(Array.from({ length: 10 }, () => client.rest.request('GET /cis/tagging/tag')))
    expect((await client.rest.request('GET /session')).user).toBe(simulator.credentials.username)
    await client.close()
    const count = (method: string, path: string) => simulator.requests.count({ method, path })
    expect(count('POST', '/api/session')).toBe(1)
    expect(count('DELETE', '/api/session')).toBe(1)
    expect(count('POST', '/rest/com/vmware/cis/session')).toBe(0)
  })

  it('attaches tags and reads those of many objects in one call', async () => {
    const [simulator, client] = await start({ seed: { vms: 4 } })
    const { rest } = client
    const [gold, blue] = [await addTag(client, 'gold'), await addTag(client, 'blue')]
    const all = machines(simulator)
    await rest.request('POST /cis/tagging/tag-association/{tag_id}?action=attach-tag-to-multiple-objects', {
      tag_id: gold,
      object_ids: all,
    })
    const [first, ...others] = all
    if (first === undefined) throw new Error('there is a VM')
    await rest.request('POST /cis/tagging/tag-association?action=attach-multiple-tags-to-object', {
      object_id: first,
      tag_ids: [gold, blue],
    })
    await rest.request('POST /cis/tagging/tag-association/{tag_id}?action=detach-tag-from-multiple-objects', {
      tag_id: gold,
      object_ids: others,
    })
    const key = 'POST /cis/tagging/tag-association?action=list-attached-tags-on-objects'
    expect(await rest.request(key, { object_ids: all })).toEqual([
      { object_id: first, tag_ids: [gold, blue] },
      ...others.map((object_id) => ({ object_id, tag_ids: [] })),
    ])
  })

  it('throws what a result of status 200 tells of failures', async () => {
    const [simulator, client] = await start()
    const [object_id] = machines(simulator)
    if (object_id === undefined) throw new Error('there is a VM')
    const association = 'POST /cis/tagging/tag-association?action=attach-multiple-tags-to-object'
    const attempt = client.rest.request(association, { object_id, tag_ids: [await addTag(client, 'a'), 'urn:none'] })
    await expect(attempt).rejects.toMatchObject({
      name: 'VsphereError',
      status: 200,
      outcome: 'failed',
      causes: [{ messages: ['Tagging object urn:none not found'] }],
    })
  })

  it('reads the errors of the newer form', async () => {
    const [, client] = await start()
    const { rest } = client
    await expect(rest.request('GET /cis/tagging/tag/{tag_id}', { tag_id: 'a/b c' })).rejects.toMatchObject({
      kind: 'not-found',
      message: expect.stringContaining('a/b c'),
    })
    const category = { name: 'twice', description: '', cardinality: 'SINGLE', associable_types: [] } as const
    await rest.request('POST /cis/tagging/category', category)
    await expect(rest.request('POST /cis/tagging/category', category)).rejects.toMatchObject({
      kind: 'already-exists',
      causes: [{ name: 'ALREADY_EXISTS', messages: ['An object with the name twice exists already'] }],
    })
  })

  it('renews a session that has ended by one login, and finishes every call', async () => {
    const [simulator, client] = await start()
    await client.rest.request('GET /cis/tagging/tag')
    simulator.faults.expireRestSessions()
    const answers = await Promise.all(Array.from({ length: 20 }, () => client.rest.request('GET /cis/tagging/tag')))
    expect(answers).toEqual(Array.from({ length: 20 }, () => []))
    expect(simulator.requests.count({ method: 'POST', path: '/api/session' })).toBe(2)
  })

  it('ends a session that the server refused once and kept', async () => {
    const [simulator, client] = await start()
    await client.rest.request('GET /cis/tagging/tag')
    simulator.faults.add({
      match: { path: '/api/cis/tagging/tag', times: 1 },
      action: { type: 'reply', reply: { status: 401, body: '{}' } },
    })
    expect(await client.rest.request('GET /cis/tagging/tag')).toEqual([])
    await client.close()
    expect(simulator.restSessions()).toBe(0)
  })

  it.each(['drop-before', 'drop-after'] as const)(
    'ends its session also where the connection breaks (%s)',
    async (type) => {
      const [simulator, client] = await start()
      await client.rest.request('GET /cis/tagging/tag')
      simulator.faults.add({ match: { method: 'DELETE', times: 1 }, action: { type } })
      await client.close()
      expect(simulator.restSessions()).toBe(0)
    },
  )

  it('tells an unavailable service from a missing one', async () => {
    const [simulator, client] = await start()
    simulator.faults.add({
      match: { path: '/api/session' },
      action: { type: 'reply', reply: { status: 503, body: 'no healthy upstream' } },
    })
    await expect(client.rest.request('GET /cis/tagging/tag')).rejects.toMatchObject({
      kind: 'unreachable',
      retryable: true,
    })
    const [, host] = await start({ product: 'esxi' })
    await expect(host.rest.request('GET /cis/tagging/tag')).rejects.toMatchObject({ kind: 'unsupported' })
  })
})
