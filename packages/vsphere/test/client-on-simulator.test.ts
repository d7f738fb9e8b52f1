import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createVsphereClient, isFault, reference, type VsphereClient } from '../src/client/index.js'
import { startVsphereSimulator, type VsphereSimulator, type VsphereSimulatorOptions } from '../src/simulator/index.js'
import { closeAll } from './close-all.js'

// What vcsim cannot show the client: its faults, or their timing.
describe('the client against the simulator', () => {
  const open: (VsphereClient | VsphereSimulator)[] = []

  beforeAll(() => startVsphereSimulator().then((simulator) => simulator.close()))
  afterEach(() => closeAll(open))

  async function start(options: VsphereSimulatorOptions = {}): Promise<[VsphereSimulator, VsphereClient]> {
    const simulator = await startVsphereSimulator({ speed: 200, ...options })
    const { username, password } = simulator.credentials
    const auth = { username, password }
    const client = createVsphereClient({ url: simulator.url, fingerprint256: simulator.fingerprint256, auth })
    open.push(simulator, client)
    return [simulator, client]
  }

  async function names(client: VsphereClient): Promise<string[]> {
    const found: string[] = []
    for await (const { name } of client.retrieve('VirtualMachine', ['name'])) found.push(name)
    return found.sort()
  }

  async function place(client: VsphereClient) {
    const pools = client.retrieve('ResourcePool', ['name'])
    const { value: pool } = await pools.next()
    await pools.return()
    const template = []
    for await (const vm of client.retrieve('VirtualMachine', ['name', 'parent']))
      if (vm.name === 'debian-13-cloud') template.push(vm)
    const [source] = template
    if (pool === undefined || source?.parent === undefined) throw new Error('the inventory has no template')
    return { source: source.ref, folder: source.parent, pool: pool.ref }
  }

  it('lists through pages that the server makes smaller than asked for', async () => {
    const [simulator, client] = await start({ seed: { vms: 120 }, pageLimit: 25 })
    expect(await names(client)).toHaveLength(122)
    expect(simulator.calls('RetrievePropertiesEx') + simulator.calls('ContinueRetrievePropertiesEx')).toBe(5)
    expect(simulator.calls('DestroyView')).toBe(1)
  })

  it.each([false, true])('logs in once more when its session was ended (silently: %s)', async (silent) => {
    const [simulator, client] = await start()
    const before = await names(client)
    simulator.faults.expireSessions()
    simulator.faults.silentExpiry(silent)
    expect(await names(client)).toEqual(before)
    expect(simulator.logins()).toBe(2)
    expect(simulator.sessions()).toHaveLength(1)
  })

  it('finishes 30 clones of which none is lost or doubled when the session ends in their middle', async () => {
    const [simulator, client] = await start()
    const { source, folder, pool } = await place(client)
    simulator.faults.holdTasks()
    const clones = Array.from({ length: 30 }, (_, index) =>
      client.run(source, 'CloneVM_Task', {
        folder,
        name: `clone-${index}`,
        spec: { location: { pool }, template: false, powerOn: false },
      }),
    )
    await expect.poll(() => simulator.tasks().length).toBeGreaterThan(15)
    simulator.faults.expireSessions()
    simulator.faults.holdTasks(false)
    const made = await Promise.all(clones)
    expect(new Set(made.map(({ value }) => value)).size).toBe(30)
    expect(simulator.vms()).toHaveLength(34)
    // Calls that were refused for the dead session came again; none was carried out twice.
    expect(simulator.tasks().filter(({ method }) => method === 'CloneVM_Task')).toHaveLength(30)
    expect(simulator.logins()).toBe(2)
    await client.close()
    expect(simulator.sessions()).toEqual([])
  })

  it('tells a task that fails, and the DuplicateName of a race with its object', async () => {
    const [simulator, client] = await start()
    const { source, folder, pool } = await place(client)
    const clone = () =>
      client.run(source, 'CloneVM_Task', {
        folder,
        name: 'one',
        spec: { location: { pool }, template: false, powerOn: false },
      })
    const results = await Promise.allSettled([clone(), clone(), clone()])
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    for (const result of results)
      if (result.status === 'rejected') expect(isFault(result.reason, 'DuplicateName')).toBe(true)
    simulator.faults.failNextTask({ method: 'PowerOnVM_Task', fault: 'InsufficientResourcesFault', message: 'no room' })
    const one = simulator.vms().find(({ name }) => name === 'one')?.ref ?? ''
    const failure = await client
      .run(reference('VirtualMachine', one), 'PowerOnVM_Task')
      .catch((error: unknown) => error)
    expect(isFault(failure, 'InsufficientResourcesFault')).toBe(true)
  })

  it('leaves objects out that vanish while it pages', async () => {
    const [simulator, client] = await start({ seed: { vms: 60 }, pageLimit: 20 })
    const seen: string[] = []
    for await (const { name } of client.retrieve('VirtualMachine', ['name'], { pageSize: 20 })) {
      if (seen.length === 0) for (const gone of ['app-50', 'app-60']) simulator.faults.removeVm(gone)
      seen.push(name)
    }
    expect(seen).toHaveLength(60)
    expect(seen).not.toContain('app-60')
  })

  it('reports the rights that are missing', async () => {
    const [simulator, client] = await start()
    simulator.faults.denyPath('config')
    const rows = client.retrieve('VirtualMachine', ['name', 'config.uuid'], { missing: 'allow' })
    const { value: first } = await rows.next()
    await rows.return()
    expect(first?.missing.map(({ path }) => path)).toEqual(['config.uuid'])
    simulator.faults.denyPrivilege('VirtualMachine.Interact.PowerOff')
    const vm = simulator.vms().find(({ powerState }) => powerState === 'poweredOn')?.ref ?? ''
    await expect(client.run(reference('VirtualMachine', vm), 'PowerOffVM_Task')).rejects.toMatchObject({
      kind: 'permission-denied',
      privilege: 'VirtualMachine.Interact.PowerOff',
    })
  })
})
