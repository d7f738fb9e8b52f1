import { HttpResponse, http } from 'msw'
import { setupServer } from 'msw/node'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createProxmoxClient, ProxmoxError } from './index.js'

const root = 'https://pve1:8006/api2/json'
const server = setupServer()

beforeAll(() => server.listen({ onUnhandledRequest: 'error' }))
afterEach(() => server.resetHandlers())
afterAll(() => server.close())

function client(): ReturnType<typeof createProxmoxClient> {
  // Looked up at each call: msw replaces the global.
  const fetch = (input: string, init: RequestInit): Promise<Response> => globalThis.fetch(input, init)
  return createProxmoxClient({ url: 'https://pve1:8006', auth: { tokenId: 'root@pam!ci', secret: 'aaaa-bbbb' }, fetch })
}

interface Paths {
  '/nodes/{node}/qemu': {
    get: {
      parameters: { path: { node: string }; query?: { full?: boolean } }
      responses: { 200: { content: { 'application/json': { vmid: number; template?: boolean }[] } } }
    }
    post: {
      parameters: { path: { node: string } }
      requestBody: {
        content: { 'application/x-www-form-urlencoded': { vmid: number; onboot?: boolean; net0?: string } }
      }
      responses: { 200: { content: { 'application/json': string } } }
    }
  }
}

describe('with msw and the global fetch', () => {
  it('runs typed requests', async () => {
    server.use(
      http.get(`${root}/cluster/resources`, ({ request }) => {
        expect(request.headers.get('authorization')).toBe('PVEAPIToken=root@pam!ci=aaaa-bbbb')
        expect(new URL(request.url).search).toBe('?type=vm')
        return HttpResponse.json({
          data: [{ id: 'qemu/100', type: 'qemu', vmid: '100', template: 1, 'new-key': { a: 1 } }],
        })
      }),
    )
    expect(await client().request('GET /cluster/resources', { type: 'vm' })).toEqual([
      { id: 'qemu/100', type: 'qemu', vmid: 100, template: true, 'new-key': { a: 1 } },
    ])
  })

  it('reads errors, reason phrases included', async () => {
    server.use(
      http.get(`${root}/nodes/pve2/qemu`, () => new HttpResponse('', { status: 595, statusText: 'No route to host' })),
    )
    const failure = await client()
      .request('GET /nodes/{node}/qemu', { node: 'pve2' })
      .catch((error: unknown) => error)
    expect(ProxmoxError.isInstance(failure) && failure).toMatchObject({
      kind: 'node-unreachable',
      node: 'pve2',
      retryable: true,
    })
  })

  it('gives plain openapi-fetch clients unwrapped, coerced answers and encoded requests', async () => {
    server.use(
      http.get(`${root}/nodes/pve1/qemu`, ({ request }) => {
        expect(new URL(request.url).search).toBe('?full=1')
        return HttpResponse.json({ data: [{ vmid: 100, template: 1 }] })
      }),
      http.post(`${root}/nodes/pve1/qemu`, async ({ request }) => {
        expect(await request.text()).toBe('vmid=100&onboot=1&net0=virtio%2Cbridge%3Dvmbr0')
        expect(request.headers.get('content-type')).toBe('application/x-www-form-urlencoded')
        return HttpResponse.json({ data: null, message: 'VM is locked (clone)\n' }, { status: 500 })
      }),
    )
    const openapi = client().openapi<Paths>()
    const list = await openapi.GET('/nodes/{node}/qemu', { params: { path: { node: 'pve1' }, query: { full: true } } })
    expect(list.data).toEqual([{ vmid: 100, template: true }])
    const created = await openapi.POST('/nodes/{node}/qemu', {
      params: { path: { node: 'pve1' } },
      body: { vmid: 100, onboot: true, net0: 'virtio,bridge=vmbr0' },
    })
    expect(created.response.status).toBe(500)
    expect(created.error).toEqual({ data: null, message: 'VM is locked (clone)\n' })
  })

  it('tells failures of the fetch function apart', async () => {
    server.use(http.get(`${root}/version`, () => HttpResponse.error()))
    await expect(client().request('GET /version')).rejects.toMatchObject({ kind: 'unreachable', retryable: true })
    server.use(http.get(`${root}/version`, () => new Promise<never>(() => {})))
    await expect(client().request('GET /version', {}, { timeoutMs: 20 })).rejects.toMatchObject({ kind: 'timeout' })
    const signal = AbortSignal.timeout(20)
    await expect(client().request('GET /version', {}, { signal })).rejects.toMatchObject({ kind: 'aborted' })
  })
})
