import { describe, expectTypeOf, it } from 'vitest'
import type { paths } from '../generated/paths.js'
import type { ProxmoxClient, ProxmoxTask, Upid } from './index.js'

declare const pve: ProxmoxClient

describe('request', () => {
  it('infers the answer from the operation', () => {
    expectTypeOf(pve.request('GET /version')).resolves.toHaveProperty('release').toBeString()
    expectTypeOf(pve.request('GET /cluster/nextid')).resolves.toBeNumber()
    expectTypeOf(
      pve.request('PUT /nodes/{node}/qemu/{vmid}/config', { node: 'pve1', vmid: 100, cores: 2 }),
    ).resolves.toBeNull()
    expectTypeOf(
      pve.request('POST /nodes/{node}/qemu/{vmid}/status/start', { node: 'pve1', vmid: 100 }),
    ).resolves.toEqualTypeOf<Upid>()
    expectTypeOf(pve.envelope('GET /version')).resolves.toHaveProperty('total').toEqualTypeOf<number | undefined>()
  })

  it('takes rows of lists as arrays of typed members', async () => {
    const rows = await pve.request('GET /cluster/resources', { type: 'vm' })
    expectTypeOf(rows[0]).not.toBeAny()
    expectTypeOf(rows[0]?.template).toEqualTypeOf<boolean | undefined>()
  })

  it('wants required parameters and lets others be left out', () => {
    void pve.request('GET /cluster/resources')
    void pve.request('GET /cluster/resources', {}, { timeoutMs: 1 })
    void pve.request('GET /version', undefined, { timeoutMs: 1 })
    // @ts-expect-error node is required
    void pve.request('GET /nodes/{node}/qemu')
    // @ts-expect-error node is required
    void pve.request('GET /nodes/{node}/qemu', {})
  })

  it('refuses what the operation does not know', () => {
    // @ts-expect-error no such operation
    void pve.request('GET /nope')
    // @ts-expect-error no such parameter
    void pve.request('GET /cluster/resources', { typ: 'vm' })
    // @ts-expect-error no such value
    void pve.request('GET /cluster/resources', { type: 'vms' })
    // @ts-expect-error takes no parameters
    void pve.request('GET /version', { verbose: true })
    // @ts-expect-error a number
    void pve.request('GET /nodes/{node}/qemu/{vmid}/config', { node: 'pve1', vmid: '100' })
  })

  it('takes indexed parameters', () => {
    void pve.request('PUT /nodes/{node}/qemu/{vmid}/config', { node: 'pve1', vmid: 100, net0: 'virtio,bridge=vmbr0' })
    // @ts-expect-error an index is a number
    void pve.request('PUT /nodes/{node}/qemu/{vmid}/config', { node: 'pve1', vmid: 100, netX: 'virtio,bridge=vmbr0' })
  })
})

describe('task', () => {
  it('takes the operations that answer with a task id', () => {
    expectTypeOf(
      pve.task('POST /nodes/{node}/qemu/{vmid}/clone', { node: 'pve1', vmid: 9000, newid: 101, full: true }),
    ).resolves.toEqualTypeOf<ProxmoxTask>()
    void pve.task('POST /nodes/{node}/qemu/{vmid}/config', { node: 'pve1', vmid: 9000, cores: 1 })
    // @ts-expect-error answers with rows
    void pve.task('GET /cluster/resources')
    // @ts-expect-error newid is required
    void pve.task('POST /nodes/{node}/qemu/{vmid}/clone', { node: 'pve1', vmid: 9000 })
  })
})

describe('openapi', () => {
  it('is a plain openapi-fetch client over paths', async () => {
    const api = pve.openapi<paths>()
    const { data, error, response } = await api.GET('/nodes/{node}/qemu', { params: { path: { node: 'pve1' } } })
    expectTypeOf(data?.[0]?.vmid).toEqualTypeOf<number | undefined>()
    expectTypeOf(error).not.toBeAny()
    expectTypeOf(response).toEqualTypeOf<Response>()
    // @ts-expect-error no such path
    void api.GET('/nope')
  })
})
