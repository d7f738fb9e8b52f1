import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createVsphereClient, reference, type VsphereClient } from '../src/client/index.js'
import { ovfDescriptor } from './ovf-descriptor.js'
import { findVcsim, startVcsim, type Vcsim } from './vcsim/start-vcsim.js'

describe.skipIf((await findVcsim()) === undefined)('a content library of vcsim', () => {
  let vcsim: Vcsim
  let client: VsphereClient
  let library: string

  beforeAll(async () => {
    vcsim = await startVcsim()
    const { url, thumbprint256: fingerprint256, userName: username, password } = vcsim
    client = createVsphereClient({ url, fingerprint256, auth: { username, password } })
    library = await client.rest.request('POST /content/local-library', {
      name: 'images',
      type: 'LOCAL',
      storage_backings: [{ type: 'DATASTORE', datastore_id: (await first('Datastore')).value }],
      client_token: 'b7c6c3a0-6f0e-4d0e-9d2b-2f6a3f0a3c11',
    })
  })
  afterAll(async () => {
    await client?.close()
    if (vcsim !== undefined) expect((await vcsim.state()).sessions).toEqual([])
    await vcsim?.close()
  })

  async function first(type: 'Datastore' | 'ResourcePool' | 'Network') {
    for await (const { ref } of client.retrieve(type, ['name'])) return ref
    throw new Error(`there is no ${type}`)
  }

  /** Not named as a disk of the platform: vcsim would read what is in it. */
  const disk = Buffer.alloc(300_000, 7)

  async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
    yield bytes
  }

  async function addItem(name: string): Promise<string> {
    const item = await client.rest.request('POST /content/library/item', { library_id: library, name, type: 'ovf' })
    const descriptor = Buffer.from(ovfDescriptor(name, 'disk-1.img', disk.length))
    const files = { [`${name}.ovf`]: descriptor, 'disk-1.img': { size: disk.length, stream: once(disk) } }
    const progress: number[] = []
    await client.rest.uploadItem({ item, files }, { onProgress: ({ bytes, total }) => progress.push(bytes / total) })
    expect(progress.at(-1)).toBe(1)
    return item
  }

  it('takes an item with its files, and tells about them', async () => {
    const item = await addItem('told')
    const { rest } = client
    expect(await rest.request('POST /content/library?action=find', { name: 'images' })).toEqual([library])
    expect(await rest.request('GET /content/library/{library_id}', { library_id: library })).toMatchObject({
      name: 'images',
      type: 'LOCAL',
    })
    expect(await rest.request('POST /content/library/item?action=find', { name: 'told' })).toEqual([item])
    const files = await rest.request('GET /content/library/item/{library_item_id}/file', { library_item_id: item })
    expect(Object.fromEntries(files.map(({ name, size }) => [name, size]))).toMatchObject({ 'disk-1.img': 300_000 })
    await rest.request('DELETE /content/library/item/{library_item_id}', { library_item_id: item })
    expect(await rest.request('GET /content/library/item', { library_id: library })).not.toContain(item)
  })

  it('is deployed from, into a pool and under a name', async () => {
    const item = await addItem('appliance')
    const pool = await first('ResourcePool')
    const target = { resource_pool_id: pool.value }
    const { name } = await client.rest.request('POST /vcenter/ovf/library-item/{library_item_id}?action=filter', {
      library_item_id: item,
      target,
    })
    expect(name).toBe('appliance')
    const { resource_id: made } = await client.rest.request(
      'POST /vcenter/ovf/library-item/{library_item_id}?action=deploy',
      {
        library_item_id: item,
        target,
        deployment_spec: {
          name: 'from-library',
          accept_all_EULA: true,
          network_mappings: { frontend: (await first('Network')).value },
        },
      },
    )
    expect(made?.type).toBe('VirtualMachine')
    const machine = reference('VirtualMachine', made?.id ?? '')
    expect((await client.read(machine, 'VirtualMachine', ['name'])).name).toBe('from-library')
    await client.run(machine, 'PowerOnVM_Task')
  })

  it('throws what a deployment of status 200 failed with', async () => {
    const item = await addItem('failing')
    const attempt = client.rest.request('POST /vcenter/ovf/library-item/{library_item_id}?action=deploy', {
      library_item_id: item,
      target: { resource_pool_id: 'resgroup-none' },
      deployment_spec: { name: 'never', accept_all_EULA: true },
    })
    await expect(attempt).rejects.toMatchObject({ name: 'VsphereError', outcome: 'failed' })
    expect((await vcsim.vms()).map(({ name }) => name)).not.toContain('never')
  })

  it('leaves no session behind when an upload fails', async () => {
    const item = await client.rest.request('POST /content/library/item', {
      library_id: library,
      name: 'broken',
      type: 'ovf',
    })
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('a')
      throw new RangeError('the disk is gone')
    }
    await vcsim.resetCounts()
    const upload = client.rest.uploadItem({ item, files: { 'a.ovf': { size: 2, stream: broken() } } })
    await expect(upload).rejects.toThrow('the disk is gone')
    const { requests } = await vcsim.state()
    const ofSessions = Object.entries(requests).filter(([name]) => name.includes('/update-session/id:'))
    expect(ofSessions.map(([name]) => name.split(' ')[0]).sort()).toEqual(['DELETE', 'POST'])
  })

  it('holds templates that are VMs, which are deployed by name and pool', async () => {
    const [source] = await vcsim.vms()
    const pool = (await first('ResourcePool')).value
    const placement = { resource_pool: pool, folder: source?.parent ?? '' }
    const item = await client.rest.request('POST /vcenter/vm-template/library-items', {
      source_vm: source?.ref ?? '',
      name: 'golden',
      library,
      placement,
    })
    const vm = await client.rest.request('POST /vcenter/vm-template/library-items/{library_item_id}?action=deploy', {
      library_item_id: item,
      name: 'from-golden',
      placement,
    })
    expect((await client.read(reference('VirtualMachine', vm), 'VirtualMachine', ['name'])).name).toBe('from-golden')
  })
})
