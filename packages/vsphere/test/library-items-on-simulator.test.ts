import { afterEach, describe, expect, it } from 'vitest'
import { createVsphereClient, reference, type VsphereClient } from '../src/client/index.js'
import { startVsphereSimulator, type VsphereSimulator } from '../src/simulator/index.js'
import { closeAll } from './close-all.js'
import { ovfDescriptor } from './ovf-descriptor.js'
import { restLogin } from './rest-login.js'

const sessions = '/content/library/item/update-session'
const itemKey = 'GET /content/library/item/{library_item_id}'
const filesKey = 'GET /content/library/item/{library_item_id}/file'
const deployKey = 'POST /vcenter/ovf/library-item/{library_item_id}?action=deploy'
const templates = '/vcenter/vm-template/library-items'
const disk = Buffer.alloc(300_000, 7)

describe('items of the simulator’s libraries', () => {
  const open: (VsphereClient | VsphereSimulator)[] = []

  afterEach(() => closeAll(open))

  async function start(): Promise<[VsphereSimulator, VsphereClient]> {
    const simulator = await startVsphereSimulator({ speed: 200 })
    const { url, fingerprint256, credentials } = simulator
    const client = createVsphereClient({ url, fingerprint256, auth: credentials })
    open.push(simulator, client)
    return [simulator, client]
  }

  async function first(client: VsphereClient, type: 'Datastore' | 'ResourcePool' | 'Folder'): Promise<string> {
    for await (const { ref } of client.retrieve(type, ['name'])) return ref.value
    throw new Error(`there is no ${type}`)
  }

  async function addLibrary(client: VsphereClient): Promise<string> {
    return client.rest.request('POST /content/local-library', {
      name: 'images',
      type: 'LOCAL',
      storage_backings: [{ type: 'DATASTORE', datastore_id: await first(client, 'Datastore') }],
    })
  }

  async function addItem(client: VsphereClient, library_id: string, name = 'appliance'): Promise<string> {
    return client.rest.request('POST /content/library/item', { library_id, name, type: 'ovf' })
  }

  it('are made, told, changed and deleted with their library', async () => {
    const [, client] = await start()
    const { rest } = client
    const library_id = await addLibrary(client)
    const item = { library_id, name: 'one', type: 'iso', description: 'an image' }
    const library_item_id = await rest.request('POST /content/library/item', item)
    expect(await rest.request(itemKey, { library_item_id })).toMatchObject({ ...item, size: 0, content_version: '1' })
    await expect(addItem(client, library_id, 'ONE')).rejects.toMatchObject({ kind: 'already-exists' })
    await expect(addItem(client, library_id, '')).rejects.toMatchObject({ kind: 'validation' })
    await expect(addItem(client, 'none')).rejects.toMatchObject({ kind: 'not-found' })
    await rest.request('PATCH /content/library/item/{library_item_id}', { library_item_id, name: 'two' })
    expect(await rest.request(itemKey, { library_item_id })).toMatchObject({ name: 'two', metadata_version: '2' })
    await rest.request('PATCH /content/local-library/{library_id}', { library_id, description: 'ours' })
    expect(await rest.request('GET /content/library/{library_id}', { library_id })).toMatchObject({
      name: 'images',
      description: 'ours',
      version: '2',
    })
    await rest.request('DELETE /content/local-library/{library_id}', { library_id })
    await expect(rest.request(itemKey, { library_item_id })).rejects.toMatchObject({ kind: 'not-found' })
    await expect(rest.request('GET /content/library/{library_id}', { library_id })).rejects.toMatchObject({
      kind: 'not-found',
    })
  })

  it('are made once for a client token', async () => {
    const [, client] = await start()
    const { rest } = client
    const order = {
      library_id: await addLibrary(client),
      name: 'once',
      client_token: '5d1f6c5e-9f0f-4c08-a6a5-0a4f5b0e7d12',
    }
    const made = await rest.request('POST /content/library/item', order)
    expect(await rest.request('POST /content/library/item', order)).toBe(made)
    expect(await rest.request('GET /content/library/item', { library_id: order.library_id })).toEqual([made])
  })

  it('take their files from the client, and are deployed from', async () => {
    const [simulator, client] = await start()
    const { rest } = client
    const item = await addItem(client, await addLibrary(client))
    async function* halves(): AsyncGenerator<Uint8Array> {
      yield disk.subarray(0, 100_000)
      yield disk.subarray(100_000)
    }
    const descriptor = Buffer.from(ovfDescriptor('appliance', 'disk-1.vmdk', disk.length))
    const files = { 'appliance.ovf': descriptor, 'disk-1.vmdk': { size: disk.length, stream: halves() } }
    await rest.uploadItem({ item, files })
    const library_item_id = item
    expect(await rest.request(itemKey, { library_item_id })).toMatchObject({
      size: descriptor.length + disk.length,
      content_version: '2',
    })
    const told = await rest.request(filesKey, { library_item_id })
    expect(told.map(({ name, size }) => [name, size])).toEqual([
      ['appliance.ovf', descriptor.length],
      ['disk-1.vmdk', disk.length],
    ])
    const stored = await rest.request('GET /content/library/item/{library_item_id}/storage', { library_item_id })
    expect(stored[1]).toMatchObject({
      storage_backing: { datastore_id: await first(client, 'Datastore') },
      storage_uris: [expect.stringMatching(/^ds:\/\/\/.*\/disk-1\.vmdk$/)],
    })
    await rest.request(deployKey, {
      library_item_id,
      target: { resource_pool_id: await first(client, 'ResourcePool') },
      deployment_spec: { name: 'uploaded', accept_all_EULA: true },
    })
    expect(simulator.vms()).toContainEqual(expect.objectContaining({ name: 'uploaded', cpus: 2, memoryMB: 512 }))
  })

  it('refuse license agreements that nobody accepts', async () => {
    const [simulator, client] = await start()
    const { rest } = client
    const item = await addItem(client, await addLibrary(client))
    const license = '<EulaSection><Info>License</Info><License>Be kind.</License></EulaSection></VirtualSystem>'
    const descriptor = ovfDescriptor('licensed', 'disk-1.vmdk', disk.length).replace('</VirtualSystem>', license)
    await rest.uploadItem({ item, files: { 'licensed.ovf': Buffer.from(descriptor), 'disk-1.vmdk': disk } })
    const target = { resource_pool_id: await first(client, 'ResourcePool') }
    const filterKey = 'POST /vcenter/ovf/library-item/{library_item_id}?action=filter'
    const needs = await rest.request(filterKey, { library_item_id: item, target })
    expect(needs).toMatchObject({ EULAs: ['Be kind.'], networks: ['frontend'] })
    const deployment_spec = { name: 'licensed', accept_all_EULA: false }
    await expect(rest.request(deployKey, { library_item_id: item, target, deployment_spec })).rejects.toMatchObject({
      status: 200,
      causes: [{ messages: ['The license agreements were not accepted.'] }],
    })
    expect(simulator.vms().map(({ name }) => name)).not.toContain('licensed')
  })

  it.each([
    [
      'a file that the descriptor names',
      { 'a.ovf': Buffer.from(ovfDescriptor('a', 'd.vmdk', 1)) },
      'd.vmdk is missing',
    ],
    ['a machine in the descriptor', { 'a.ovf': Buffer.from('<Envelope/>') }, 'does not describe a virtual machine'],
  ])('miss %s, and stay as they were', async (_what, files, text) => {
    const [, client] = await start()
    const { rest } = client
    const item = await addItem(client, await addLibrary(client))
    await expect(rest.uploadItem({ item, files })).rejects.toMatchObject({
      kind: 'failed-precondition',
      message: expect.stringContaining(text),
    })
    expect(await rest.request(filesKey, { library_item_id: item })).toEqual([])
  })

  it('keep what they have when the bytes differ from what was announced', async () => {
    const [simulator, client] = await start()
    const { rest } = client
    const item = await addItem(client, await addLibrary(client))
    const update_session_id = await rest.request(`POST ${sessions}`, { library_item_id: item })
    const session = { update_session_id }
    const file = await rest.request(`POST ${sessions}/{update_session_id}/file`, {
      ...session,
      name: 'a.iso',
      source_type: 'PUSH',
      size: 10,
      checksum_info: { algorithm: 'SHA256', checksum: '00' },
    })
    expect(file).toMatchObject({ name: 'a.iso', status: 'WAITING_FOR_TRANSFER', bytes_transferred: 0 })
    const uri = file.upload_endpoint?.uri ?? ''
    await expect(client.upload(uri, Buffer.alloc(4))).rejects.toMatchObject({ status: 401 })
    await rest.request(`POST ${sessions}/{update_session_id}?action=keep-alive`, { ...session, client_progress: 40 })
    await client.upload(uri, Buffer.alloc(4), { headers: await restLogin(simulator) })
    simulator.faults.expireRestSessions()
    const fileKey = `GET ${sessions}/{update_session_id}/file/{file_name}` as const
    expect(await rest.request(fileKey, { ...session, file_name: 'a.iso' })).toMatchObject({
      status: 'ERROR',
      bytes_transferred: 4,
      error_message: { default_message: 'a.iso has 4 bytes instead of 10' },
    })
    const validation = await rest.request(`POST ${sessions}/{update_session_id}/file?action=validate`, session)
    expect(validation).toMatchObject({ has_errors: true, missing_files: [], invalid_files: [{ name: 'a.iso' }] })
    await rest.request(`POST ${sessions}/{update_session_id}?action=complete`, session)
    const told = () => rest.request(`GET ${sessions}/{update_session_id}`, session)
    await expect.poll(async () => (await told()).state).toBe('ERROR')
    expect(await told()).toMatchObject({ library_item_id: item, client_progress: 40 })
    expect(await rest.request(filesKey, { library_item_id: item })).toEqual([])
  })

  it('end their sessions: by cancelling, by idling, never while active', async () => {
    const [simulator, client] = await start()
    const { rest } = client
    const item = await addItem(client, await addLibrary(client))
    const begin = async () => ({ update_session_id: await rest.request(`POST ${sessions}`, { library_item_id: item }) })
    const session = await begin()
    const told = () => rest.request(`GET ${sessions}/{update_session_id}`, session)
    const remove = () => rest.request(`DELETE ${sessions}/{update_session_id}`, session)
    await expect(remove()).rejects.toMatchObject({ kind: 'failed-precondition' })
    await rest.request(`POST ${sessions}/{update_session_id}?action=cancel`, session)
    expect((await told()).state).toBe('CANCELED')
    await expect(rest.request(`POST ${sessions}/{update_session_id}?action=complete`, session)).rejects.toMatchObject({
      kind: 'failed-precondition',
    })
    await remove()
    await expect(told()).rejects.toMatchObject({ kind: 'not-found' })
    const idle = await begin()
    simulator.clock.advance(6 * 60_000)
    expect(await rest.request(`GET ${sessions}/{update_session_id}`, idle)).toMatchObject({
      state: 'ERROR',
      error_message: { default_message: 'the session has expired' },
    })
  })

  it('are not filled before every file of their session has arrived', async () => {
    const [, client] = await start()
    const { rest } = client
    const item = await addItem(client, await addLibrary(client))
    const session = { update_session_id: await rest.request(`POST ${sessions}`, { library_item_id: item }) }
    const filesOf = () => rest.request(`GET ${sessions}/{update_session_id}/file`, session)
    for (const name of ['a.iso', 'b.iso'])
      await rest.request(`POST ${sessions}/{update_session_id}/file`, { ...session, name, source_type: 'PUSH' })
    expect((await filesOf()).map(({ name }) => name)).toEqual(['a.iso', 'b.iso'])
    await expect(
      rest.request(`POST ${sessions}/{update_session_id}/file`, { ...session, name: 'c', source_type: 'PULL' }),
    ).rejects.toMatchObject({ kind: 'unsupported' })
    await rest.request(`POST ${sessions}/{update_session_id}?action=complete`, session)
    const told = () => rest.request(`GET ${sessions}/{update_session_id}`, session)
    await expect.poll(told).toMatchObject({
      state: 'ERROR',
      error_message: { default_message: 'a.iso has not arrived' },
    })
    await expect(
      rest.request(`POST ${sessions}/{update_session_id}/file`, { ...session, name: 'd', source_type: 'PUSH' }),
    ).rejects.toMatchObject({ kind: 'failed-precondition' })
  })

  it('are made of a VM, are a template of their name, and take it along when they go', async () => {
    const [simulator, client] = await start()
    const { rest } = client
    const library = await addLibrary(client)
    const source = simulator.vms().find(({ name }) => name === 'app-01')
    const order = { source_vm: source?.ref ?? '', name: 'captured', library }
    const library_item_id = await rest.request(`POST ${templates}`, order)
    const { vm_template } = await rest.request(`GET ${templates}/{library_item_id}`, { library_item_id })
    const captured = () => simulator.vms().find(({ name }) => name === 'captured')
    expect(captured()).toMatchObject({ ref: vm_template, template: true, folder: source?.folder })
    await expect(rest.request(`POST ${templates}`, order)).rejects.toMatchObject({ kind: 'already-exists' })
    const placement = { resource_pool: await first(client, 'ResourcePool') }
    const deploy = { library_item_id, name: 'deployed', placement, description: 'from an item', powered_on: true }
    const vm = await rest.request(`POST ${templates}/{library_item_id}?action=deploy`, deploy)
    const machine = reference('VirtualMachine', vm)
    expect(
      await client.read(machine, 'VirtualMachine', ['name', 'config.annotation', 'runtime.powerState']),
    ).toMatchObject({ name: 'deployed', 'config.annotation': 'from an item', 'runtime.powerState': 'poweredOn' })
    await expect(rest.request(`POST ${templates}/{library_item_id}?action=deploy`, deploy)).rejects.toMatchObject({
      kind: 'already-exists',
    })
    await rest.request('DELETE /content/library/item/{library_item_id}', { library_item_id })
    expect(captured()).toBeUndefined()
  })
})
