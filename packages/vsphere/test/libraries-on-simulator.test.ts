import { afterEach, describe, expect, it, vi } from 'vitest'
import { createVsphereClient, reference, type VsphereClient } from '../src/client/index.js'
import { startVsphereSimulator, type VsphereSimulator, type VsphereSimulatorOptions } from '../src/simulator/index.js'
import { closeAll } from './close-all.js'

const deployKey = 'POST /vcenter/ovf/library-item/{library_item_id}?action=deploy'
const filterKey = 'POST /vcenter/ovf/library-item/{library_item_id}?action=filter'
const templateKey = 'GET /vcenter/vm-template/library-items/{library_item_id}'
const findKey = 'POST /content/library/item?action=find'

describe('content libraries of the simulator', () => {
  const open: (VsphereClient | VsphereSimulator)[] = []

  afterEach(() => closeAll(open))

  async function start(options: VsphereSimulatorOptions = {}): Promise<[VsphereSimulator, VsphereClient]> {
    const simulator = await startVsphereSimulator({ speed: 200, ...options })
    const { url, fingerprint256, credentials } = simulator
    const client = createVsphereClient({ url, fingerprint256, auth: credentials })
    open.push(simulator, client)
    return [simulator, client]
  }

  type Placeable = 'Datastore' | 'ResourcePool' | 'Network' | 'HostSystem' | 'DistributedVirtualPortgroup'

  async function idsOf({ retrieve }: VsphereClient, type: Placeable): Promise<readonly string[]> {
    const ids: string[] = []
    for await (const { ref } of retrieve(type, ['name'])) ids.push(ref.value)
    return ids
  }

  async function first(client: VsphereClient, type: Placeable): Promise<string> {
    const [id] = await idsOf(client, type)
    if (id === undefined) throw new Error(`there is no ${type}`)
    return id
  }

  async function itemNamed({ rest }: VsphereClient, name: string): Promise<string> {
    const [item] = await rest.request(findKey, { name })
    if (item === undefined) throw new Error(`there is no ${name}`)
    return item
  }

  /** What a deployment of the seeded item needs, with what the test is about. */
  async function deployment(client: VsphereClient, spec: object = {}) {
    return {
      library_item_id: await itemNamed(client, 'debian-12-ovf'),
      target: { resource_pool_id: await first(client, 'ResourcePool') },
      deployment_spec: { name: 'made', accept_all_EULA: true, ...spec },
    }
  }

  const named = (simulator: VsphereSimulator, name: string) => simulator.vms().find((vm) => vm.name === name)

  async function until<Value>(look: () => Value | undefined): Promise<Value> {
    const found = await vi.waitUntil(
      () => {
        const value = look()
        return value !== undefined && { value }
      },
      { timeout: 20_000, interval: 5 },
    )
    return found.value
  }

  /** Deployments last until the clock is moved. */
  const lasting = { timing: { deploy: 60_000 } }

  async function finish(simulator: VsphereSimulator): Promise<void> {
    await until(() => {
      simulator.clock.advance(lasting.timing.deploy / 4)
      return simulator.tasks().some(({ state }) => state === 'queued' || state === 'running') ? undefined : true
    })
  }

  it('are found by name, with their items', async () => {
    const [, client] = await start()
    const { rest } = client
    const [library_id = ''] = await rest.request('POST /content/library?action=find', { name: 'Golden' })
    expect(await rest.request('GET /content/library')).toEqual([library_id])
    expect(await rest.request('GET /content/library/{library_id}', { library_id })).toMatchObject({
      name: 'golden',
      type: 'LOCAL',
      storage_backings: [{ type: 'DATASTORE', datastore_id: await first(client, 'Datastore') }],
    })
    const items = await rest.request('GET /content/library/item', { library_id })
    expect(items).toEqual([await itemNamed(client, 'debian-12-ovf'), await itemNamed(client, 'debian-12-item')])
    expect(await rest.request(findKey, { type: 'vm-template' })).toEqual([items[1]])
    expect(await rest.request(findKey, { name: 'debian-12-ovf', library_id: 'another' })).toEqual([])
    await expect(rest.request(findKey, {})).rejects.toMatchObject({ kind: 'validation' })
    await expect(rest.request('GET /content/library/{library_id}', { library_id: 'none' })).rejects.toMatchObject({
      kind: 'not-found',
    })
  })

  it('tell what an OVF item needs', async () => {
    const [, client] = await start()
    const { library_item_id, target } = await deployment(client)
    expect(await client.rest.request(filterKey, { library_item_id, target })).toEqual({
      name: 'debian-12',
      annotation: 'Debian 12 for the cloud',
      EULAs: [],
      networks: ['VM Network'],
      storage_groups: [],
      additional_params: [],
    })
    const elsewhere = { resource_pool_id: 'resgroup-none' }
    await expect(client.rest.request(filterKey, { library_item_id, target: elsewhere })).rejects.toMatchObject({
      kind: 'not-found',
    })
  })

  it('deploy the machine that the descriptor describes, where it is wanted', async () => {
    const [simulator, client] = await start({ seed: { datastores: 2 } })
    const host_id = await first(client, 'HostSystem')
    const [, datastore = ''] = await idsOf(client, 'Datastore')
    const network = await first(client, 'DistributedVirtualPortgroup')
    const order = await deployment(client, {
      annotation: 'ours',
      default_datastore_id: datastore,
      network_mappings: { 'VM Network': network },
    })
    const { resource_id } = await client.rest.request(deployKey, { ...order, target: { ...order.target, host_id } })
    expect(resource_id).toEqual({ type: 'VirtualMachine', id: named(simulator, 'made')?.ref })
    const read = await client.read(reference('VirtualMachine', resource_id?.id ?? ''), 'VirtualMachine', [
      'config.annotation',
      'config.guestId',
      'config.hardware',
      'runtime.host',
      'runtime.powerState',
      'datastore',
      'network',
    ])
    expect(read).toMatchObject({
      'config.annotation': 'ours',
      'config.guestId': 'debian12_64Guest',
      'config.hardware': { numCPU: 2, memoryMB: 2_048 },
      'runtime.host': { value: host_id },
      'runtime.powerState': 'poweredOff',
      datastore: [{ value: datastore }],
      network: [{ value: network }],
    })
    const disks = (read['config.hardware']?.device ?? []).filter(({ _type }) => _type === 'VirtualDisk')
    expect(disks).toMatchObject([{ capacityInKB: 8 * 1_048_576 }])
  })

  it('deploy into the datacenter of the pool, and a network of the host, unless told otherwise', async () => {
    const [simulator, client] = await start({ seed: { datacenters: 2 } })
    const pools = await idsOf(client, 'ResourcePool')
    const order = await deployment(client)
    await client.rest.request(deployKey, { ...order, target: { resource_pool_id: pools.at(-1) ?? '' } })
    const made = named(simulator, 'made')
    expect(made?.folder).toBe(named(simulator, 'dc2-app-01')?.folder)
    const read = await client.read(reference('VirtualMachine', made?.ref ?? ''), 'VirtualMachine', [
      'config.annotation',
      'network',
      'resourcePool',
    ])
    expect(read).toMatchObject({
      'config.annotation': 'Debian 12 for the cloud',
      network: [{ type: 'Network' }],
      resourcePool: { value: pools.at(-1) },
    })
  })

  it('block until the machine is done, which is there and locked meanwhile', async () => {
    const [simulator, client] = await start(lasting)
    let answered = false
    const deploying = client.rest.request(deployKey, await deployment(client, { annotation: 'marker' })).finally(() => {
      answered = true
    })
    const { ref } = await until(() => named(simulator, 'made'))
    const machine = reference('VirtualMachine', ref)
    expect((await client.read(machine, 'VirtualMachine', ['config.annotation']))['config.annotation']).toBe('marker')
    await expect(client.run(machine, 'ReconfigVM_Task', { spec: { numCPUs: 4 } })).rejects.toMatchObject({
      fault: { _type: 'TaskInProgress' },
    })
    await expect(client.run(machine, 'Destroy_Task')).rejects.toMatchObject({ fault: { _type: 'TaskInProgress' } })
    await expect(client.call(machine, 'UnregisterVM')).rejects.toMatchObject({ fault: { _type: 'TaskInProgress' } })
    expect(answered).toBe(false)
    await finish(simulator)
    expect((await deploying).resource_id?.id).toBe(ref)
    await client.run(machine, 'ReconfigVM_Task', { spec: { numCPUs: 4 } })
  })

  it('have no machine before their task runs, and one of two that want the same name', async () => {
    const [simulator, client] = await start()
    simulator.faults.holdTasks()
    const order = await deployment(client)
    const both = [client.rest.request(deployKey, order), client.rest.request(deployKey, order)]
    await until(() => simulator.tasks().filter(({ method }) => method === 'ImportVAppLRO')[1])
    expect(named(simulator, 'made')).toBeUndefined()
    simulator.faults.holdTasks(false)
    const ends = await Promise.allSettled(both)
    expect(ends.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(simulator.vms().filter(({ name }) => name === 'made')).toHaveLength(1)
  })

  it('refuse a name that is taken, with status 200', async () => {
    const [simulator, client] = await start()
    const order = await deployment(client, { name: 'app-01' })
    const before = simulator.vms().length
    await expect(client.rest.request(deployKey, order)).rejects.toMatchObject({
      status: 200,
      outcome: 'failed',
      causes: [{ messages: ["The name 'app-01' already exists."] }],
    })
    expect(simulator.vms()).toHaveLength(before)
  })

  it.each([
    ['an unknown network of the package', { network_mappings: { elsewhere: 'network-1' } }],
    ['an empty one', { network_mappings: { '': 'network-1' } }],
  ])('answer %s with a bare 500', async (_what, spec) => {
    const [simulator, client] = await start()
    await expect(client.rest.request(deployKey, await deployment(client, spec))).rejects.toMatchObject({
      status: 500,
      kind: 'internal',
      outcome: 'unknown',
    })
    expect(named(simulator, 'made')).toBeUndefined()
  })

  it('give the result of a token again, and make nothing', async () => {
    const [simulator, client] = await start()
    const order = { ...(await deployment(client)), client_token: 'a7c52c0c-0f2c-4b52-9c52-1f2a3b4c5d6e' }
    const once = await client.rest.request(deployKey, order)
    expect(await client.rest.request(deployKey, order)).toEqual(once)
    expect(simulator.vms().filter(({ name }) => name === 'made')).toHaveLength(1)
    await expect(client.rest.request(deployKey, { ...order, client_token: 'another' })).rejects.toMatchObject({
      outcome: 'failed',
    })
  })

  it('go on with a deployment whose caller has left', async () => {
    const [simulator, client] = await start(lasting)
    const leaving = new AbortController()
    const deploying = client.rest.request(deployKey, await deployment(client), { signal: leaving.signal })
    await until(() => named(simulator, 'made'))
    leaving.abort()
    await expect(deploying).rejects.toBeDefined()
    await finish(simulator)
    expect(named(simulator, 'made')).toBeDefined()
  })

  it('go on with a deployment whose connection breaks', async () => {
    const [simulator, client] = await start(lasting)
    const path = /\/api\/vcenter\/ovf\/.*action=deploy/
    simulator.faults.add({ match: { path, times: 1 }, action: { type: 'drop-during' } })
    const order = { ...(await deployment(client)), client_token: '0b8f9f43-52a4-4a53-8a42-6f1f0b0c2d11' }
    await expect(client.rest.request(deployKey, order)).rejects.toMatchObject({ outcome: 'unknown' })
    const { ref } = await until(() => named(simulator, 'made'))
    await expect(client.rest.request(deployKey, order)).rejects.toMatchObject({
      causes: [{ messages: ["The name 'made' already exists."] }],
    })
    await finish(simulator)
    expect((await client.rest.request(deployKey, order)).resource_id?.id).toBe(ref)
  })

  it('end a deployment whose task is cancelled, and one whose machine goes', async () => {
    const [simulator, client] = await start(lasting)
    const cancelled = client.rest.request(deployKey, await deployment(client, { name: 'cancelled' }))
    await until(() => named(simulator, 'cancelled'))
    const task = await until(() => simulator.tasks().find(({ method }) => method === 'ImportVAppLRO'))
    const gone = client.rest.request(deployKey, await deployment(client, { name: 'gone' }))
    await until(() => named(simulator, 'gone'))
    await client.call(reference('Task', task.ref), 'CancelTask')
    simulator.faults.removeVm('gone')
    const ends = Promise.allSettled([cancelled, gone])
    await finish(simulator)
    expect(await ends).toMatchObject([
      { reason: { causes: [{ messages: ['The task was canceled by a user.'] }] } },
      { reason: { status: 200, outcome: 'failed' } },
    ])
    expect(simulator.vms().map(({ name }) => name)).not.toContain('cancelled')
  })

  it('take a machine away again whose datastore is full', async () => {
    const [simulator, client] = await start()
    simulator.faults.exhaustDatastore('datastore1')
    await expect(client.rest.request(deployKey, await deployment(client))).rejects.toMatchObject({
      causes: [{ messages: ["Insufficient disk space on datastore 'datastore1'."] }],
    })
    expect(named(simulator, 'made')).toBeUndefined()
  })

  it.each([
    ['no word on license agreements', {}, { accept_all_EULA: undefined }, 'validation'],
    ['a datastore that is not there', {}, { default_datastore_id: 'datastore-none' }, 'validation'],
    ['a network that is not there', {}, { network_mappings: { 'VM Network': 'network-none' } }, 'validation'],
    ['a pool that is not there', { resource_pool_id: 'resgroup-none' }, {}, 'not-found'],
    ['a folder that is not there', { folder_id: 'group-none' }, {}, 'not-found'],
    ['a host that is not there', { host_id: 'host-none' }, {}, 'not-found'],
  ])('refuse %s', async (_what, target, spec, kind) => {
    const [simulator, client] = await start()
    const order = await deployment(client, spec)
    const attempt = client.rest.request(deployKey, { ...order, target: { ...order.target, ...target } })
    await expect(attempt).rejects.toMatchObject({ kind, outcome: 'not-started' })
    expect(named(simulator, 'made')).toBeUndefined()
  })

  it('are not on a bare host, nor where none is wanted', async () => {
    const [, host] = await start({ product: 'esxi' })
    await expect(host.rest.request('GET /content/library')).rejects.toMatchObject({ kind: 'unsupported' })
    const [, client] = await start({ seed: { library: false } })
    expect(await client.rest.request('GET /content/library')).toEqual([])
  })

  it('take a machine away again whose deployment fails late', async () => {
    const [simulator, client] = await start(lasting)
    simulator.faults.failNextTask({ method: 'ImportVAppLRO', fault: 'NoDiskSpace', message: 'the store is full' })
    const deploying = client.rest.request(deployKey, await deployment(client))
    await until(() => named(simulator, 'made'))
    const refused = expect(deploying).rejects.toMatchObject({
      status: 200,
      causes: [{ messages: ['the store is full'] }],
    })
    await finish(simulator)
    await refused
    expect(named(simulator, 'made')).toBeUndefined()
  })

  it('tell of the template behind an item', async () => {
    const [simulator, client] = await start()
    const { rest } = client
    const template = named(simulator, 'debian-13-cloud')
    expect(
      await rest.request(templateKey, { library_item_id: await itemNamed(client, 'debian-12-item') }),
    ).toMatchObject({
      vm_template: template?.ref,
      guest_OS: 'DEBIAN_12_64',
      cpu: { count: 2, cores_per_socket: 1 },
      memory: { size_MiB: 2_048 },
      disks: { 2000: { capacity: 16 * 2 ** 30 } },
      nics: { 4000: { backing_type: 'DISTRIBUTED_PORTGROUP', mac_type: 'ASSIGNED' } },
    })
    const library_item_id = await itemNamed(client, 'debian-12-ovf')
    await expect(rest.request(templateKey, { library_item_id })).rejects.toMatchObject({ kind: 'not-found' })
  })
})
