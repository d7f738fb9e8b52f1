import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import {
  createVsphereClient,
  isFault,
  type ManagedObjectReference,
  reference,
  type VsphereClient,
  type VsphereClientOptions,
  VsphereError,
} from '../src/client/index.js'
import { findVcsim, startVcsim, type Vcsim } from './vcsim/start-vcsim.js'

const serviceInstance = reference('ServiceInstance', 'ServiceInstance')
const binary = await findVcsim()

describe.skipIf(binary === undefined)('the client against vcsim', () => {
  let vcsim: Vcsim
  const clients: VsphereClient[] = []

  beforeAll(async () => {
    vcsim = await startVcsim({ vms: 3 })
  })
  afterEach(async () => {
    await vcsim.clearFaults()
    await vcsim.setDelay({})
    await Promise.all(clients.splice(0).map((client) => client.close()))
  })
  afterAll(async () => {
    // No session is left of a client that was told of it, whatever failed meanwhile.
    if (vcsim !== undefined) expect((await vcsim.state()).sessions).toEqual([])
    await vcsim?.close()
  })

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

  async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
    const all: Item[] = []
    for await (const item of items) all.push(item)
    return all
  }

  async function anyMachine(client: VsphereClient): Promise<ManagedObjectReference> {
    for await (const { ref } of client.retrieve('VirtualMachine', ['name'])) return ref
    throw new Error('the inventory has no virtual machine')
  }

  async function failure(promise: Promise<unknown>): Promise<VsphereError> {
    const error = await promise.then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
    if (VsphereError.isInstance(error)) return error
    throw new Error(`not a VsphereError: ${String(error)}`)
  }

  describe('session', () => {
    it('logs in with the first call that needs it, once, and logs out when it is closed', async () => {
      await vcsim.endSessions()
      await vcsim.resetCounts()
      const client = connect()
      expect(await client.apiVersion()).toBe('8.0.3.0')
      expect((await client.serviceContent()).about.apiType).toBe('VirtualCenter')
      expect((await vcsim.state()).logins).toBe(0)
      await Promise.all(Array.from({ length: 20 }, () => client.call(serviceInstance, 'CurrentTime')))
      expect(await vcsim.state()).toMatchObject({ logins: 1, sessions: [{ userAgent: 'dcm-vsphere' }] })
      await client.close()
      expect((await vcsim.state()).sessions).toEqual([])
      expect((await failure(client.call(serviceInstance, 'CurrentTime'))).kind).toBe('closed')
    })

    it('accepts the SHA-1 thumbprint, and sends nothing to a server with another certificate', async () => {
      const client = createVsphereClient({
        url: vcsim.url,
        fingerprint1: vcsim.thumbprint1,
        auth: { username: vcsim.userName, password: vcsim.password },
      })
      clients.push(client)
      await client.call(serviceInstance, 'CurrentTime')
      await vcsim.resetCounts()
      const wrong = connect({
        fingerprint256: vcsim.thumbprint256.replace(/^../, (pair) => (pair === '00' ? '01' : '00')),
      })
      expect(await failure(wrong.sessionCookie())).toMatchObject({ kind: 'tls-untrusted', outcome: 'not-started' })
      expect(Object.keys((await vcsim.state()).requests)).toEqual([])
    })

    it('does not repeat a login that was refused, and never shows the password', async () => {
      await vcsim.resetCounts()
      const client = connect({ auth: { username: vcsim.userName, password: 'wrong-secret' } })
      const error = await failure(client.sessionCookie())
      expect(error).toMatchObject({ kind: 'unauthenticated', faultName: 'InvalidLogin' })
      expect(isFault(error, 'InvalidLogin')).toBe(true)
      await failure(client.call(serviceInstance, 'CurrentTime'))
      expect((await vcsim.state()).requests.Login).toBe(1)
      expect(JSON.stringify(error) + error.stack).not.toContain('wrong-secret')
    })

    it('sends another secret when the source of secrets gives one', async () => {
      const secrets = ['wrong-secret', vcsim.password]
      const client = connect({ auth: { username: vcsim.userName, password: () => secrets.shift() ?? vcsim.password } })
      await failure(client.sessionCookie())
      expect(await client.sessionCookie()).toMatch(/^vmware_soap_session=/)
    })

    it('renews a session that ended at the server: one login for fifty operations, none failed', async () => {
      const client = connect()
      await client.call(serviceInstance, 'CurrentTime')
      await vcsim.resetCounts()
      await vcsim.endSessions()
      const times = await Promise.all(Array.from({ length: 50 }, () => client.call(serviceInstance, 'CurrentTime')))
      expect(times).toHaveLength(50)
      expect((await vcsim.state()).logins).toBe(1)
    })

    it('renews it also where the answer is a list without readable properties', async () => {
      const client = connect()
      const machine = await anyMachine(client)
      await vcsim.resetCounts()
      await vcsim.endSessions()
      expect((await client.read(machine, 'VirtualMachine', ['name'])).name).toMatch(/^DC0_/)
      expect((await vcsim.state()).logins).toBe(1)
    })

    it('opens sessions by a ticket of another session, and takes them over by their cookie', async () => {
      const first = connect()
      const { sessionManager } = await first.serviceContent()
      const cloneTicket = await first.call(sessionManager ?? serviceInstance, 'AcquireCloneTicket')
      const second = connect({ auth: { cloneTicket } })
      await second.call(serviceInstance, 'CurrentTime')
      expect(await second.sessionCookie()).not.toBe(await first.sessionCookie())

      const third = connect({ auth: { sessionCookie: await first.sessionCookie() } })
      await third.call(serviceInstance, 'CurrentTime')
      await third.close()
      await first.call(serviceInstance, 'CurrentTime')
      await vcsim.endSessions()
      expect((await failure(second.call(serviceInstance, 'CurrentTime'))).kind).toBe('unauthenticated')
    })

    it('keeps an idle session alive', async () => {
      const client = connect({ keepAliveMs: 40 })
      await client.sessionCookie()
      await vcsim.resetCounts()
      await expect.poll(async () => (await vcsim.state()).requests.CurrentTime ?? 0).toBeGreaterThan(1)
    })
  })

  describe('reading', () => {
    it('gives exactly the properties that were asked for, page by page', async () => {
      const client = connect()
      await client.sessionCookie()
      await vcsim.resetCounts()
      const machines = await collect(
        client.retrieve('VirtualMachine', ['name', 'runtime.powerState', 'config.hardware.memoryMB', 'guest.net'], {
          pageSize: 2,
        }),
      )
      expect(machines).toHaveLength(6)
      for (const machine of machines) {
        expect(Object.keys(machine)).toEqual([
          'ref',
          'name',
          'runtime.powerState',
          'config.hardware.memoryMB',
          'guest.net',
        ])
        expect(machine).toMatchObject({ 'runtime.powerState': 'poweredOn', 'config.hardware.memoryMB': 32 })
        expect(machine['guest.net']?.[0]?.connected).toBe(true)
      }
      const { requests } = await vcsim.state()
      expect(requests).toEqual({
        CreateContainerView: 1,
        RetrievePropertiesEx: 1,
        ContinueRetrievePropertiesEx: 2,
        DestroyView: 1,
      })
    })

    it('destroys the view also when the reader stops early', async () => {
      const client = connect()
      await vcsim.resetCounts()
      for await (const machine of client.retrieve('VirtualMachine', ['name'], { pageSize: 1 })) {
        expect(machine.name).toMatch(/^DC0_/)
        break
      }
      expect((await vcsim.state()).requests.DestroyView).toBe(1)
    })

    it('goes on where a session ends between two pages, and gives no object twice', async () => {
      const client = connect()
      const names: string[] = []
      for await (const { name } of client.retrieve('VirtualMachine', ['name'], { pageSize: 2 })) {
        if (names.length === 1) await vcsim.endSessions()
        names.push(name)
      }
      expect(names).toHaveLength(6)
      expect(new Set(names).size).toBe(6)
    })

    it('is not disturbed by an object that vanishes between two pages', async () => {
      const client = connect()
      const other = connect()
      const machines = await collect(client.retrieve('VirtualMachine', ['parent', 'resourcePool']))
      const [first] = machines
      if (first?.parent === undefined || first.resourcePool === undefined) throw new Error('no machine to clone')
      const copy = await client.run(first.ref, 'CloneVM_Task', {
        folder: first.parent,
        name: 'vanishing',
        spec: { location: { pool: first.resourcePool }, template: false, powerOn: false },
      })
      const seen: string[] = []
      for await (const { name } of client.retrieve('VirtualMachine', ['name'], { pageSize: 1 })) {
        if (seen.length === 0) await other.run(copy, 'Destroy_Task')
        seen.push(name)
      }
      // The simulator decides at the first page what it will send; a vCenter leaves out what is gone by then.
      expect(seen.filter((name) => name !== 'vanishing')).toHaveLength(6)
    })

    it('says which property could not be read, or leaves it out where that is allowed', async () => {
      const client = connect()
      const paths = ['name', 'no.such.path' as 'config.name'] as const
      const error = await failure(collect(client.retrieve('VirtualMachine', paths)))
      expect(error).toMatchObject({ kind: 'validation', faultName: 'InvalidProperty' })
      const [row] = await collect(client.retrieve('VirtualMachine', paths, { missing: 'allow' }))
      expect(row?.name).toMatch(/^DC0_/)
      expect(row?.missing).toEqual([{ path: 'no.such.path', fault: 'InvalidProperty' }])
    })

    it('reads known objects and leaves out those that are gone', async () => {
      const client = connect()
      const machine = await anyMachine(client)
      const objects = [machine, reference('VirtualMachine', 'vm-99999')]
      expect(await collect(client.readMany(objects, 'VirtualMachine', ['name']))).toHaveLength(1)
      const gone = reference('VirtualMachine', 'vm-99999')
      expect((await failure(client.read(gone, 'VirtualMachine', ['name']))).kind).toBe('not-found')
    })
  })

  describe('tasks', () => {
    it('gives the result of a task, and the fault of one that fails with all its types', async () => {
      const client = connect()
      const machine = await anyMachine(client)
      const percents: number[] = []
      const progress = { onProgress: ({ percent }: { percent: number }) => percents.push(percent) }
      expect(await client.run(machine, 'PowerOffVM_Task', {}, progress)).toBeUndefined()
      expect(percents).toEqual([...percents].sort((a, b) => a - b))
      await client.run(machine, 'PowerOnVM_Task')
      const error = await failure(client.run(machine, 'PowerOnVM_Task'))
      expect(error).toMatchObject({
        kind: 'failed-precondition',
        outcome: 'failed',
        faultNames: ['InvalidPowerState', 'InvalidState', 'VimFault', 'MethodFault'],
      })
      expect(error.task).toMatch(/^task-/)
      if (!isFault(error, 'InvalidPowerState')) throw new Error('another fault')
      expect(error.fault).toMatchObject({ existingState: 'poweredOn' })
    })

    it('follows two hundred tasks with one poll', async () => {
      const client = connect()
      const machine = await anyMachine(client)
      await vcsim.resetCounts()
      const tasks = await Promise.all(
        Array.from({ length: 200 }, (_, index) =>
          client.call(machine, 'ReconfigVM_Task', { spec: { annotation: `note ${index}` } }),
        ),
      )
      await Promise.all(tasks.map((task) => client.tasks.wait(task)))
      const { requests, connectionsOf } = await vcsim.state()
      expect(connectionsOf.WaitForUpdatesEx).toBe(1)
      expect(requests.CreatePropertyCollector).toBe(1)
      expect(requests.CreateFilter).toBe(1)
      expect(requests.WaitForUpdatesEx).toBeLessThan(20)
      expect(requests.RetrievePropertiesEx).toBeUndefined()
    })

    it('goes on waiting in the next session', async () => {
      const client = connect()
      const machine = await anyMachine(client)
      await vcsim.setDelay({ taskMs: 1_000 })
      await vcsim.resetCounts()
      const task = await client.call(machine, 'ReconfigVM_Task', { spec: { annotation: 'slow' } })
      const waiting = client.tasks.wait(task)
      await expect.poll(async () => (await vcsim.state()).requests.WaitForUpdatesEx ?? 0).toBeGreaterThan(0)
      await vcsim.endSessions()
      await waiting
    })

    it('ends a wait and not the task: by signal, by time, by closing', async () => {
      const client = connect()
      const machine = await anyMachine(client)
      await vcsim.setDelay({ taskMs: 600_000 })
      const task = await client.call(machine, 'ReconfigVM_Task', { spec: { annotation: 'slower' } })
      const aborting = new AbortController()
      const aborted = failure(client.tasks.wait(task, { signal: aborting.signal }))
      const overdue = failure(client.tasks.wait(task, { timeoutMs: 50 }))
      const closed = failure(client.tasks.wait(task))
      aborting.abort()
      expect(await aborted).toMatchObject({ kind: 'aborted', outcome: 'unknown' })
      expect(await overdue).toMatchObject({ kind: 'timeout', outcome: 'unknown' })
      await client.close()
      expect(await closed).toMatchObject({ kind: 'closed', outcome: 'unknown' })
    })

    it('says so where the server does not know the task', async () => {
      const client = connect()
      const error = await failure(client.tasks.wait(reference('Task', 'task-99999')))
      expect(error).toMatchObject({ kind: 'task-lost', outcome: 'unknown' })
    })
  })

  describe('changes', () => {
    it('tells what is there, what changes and what goes, and begins anew after the end of a session', async () => {
      const client = connect()
      const other = connect()
      const machine = await anyMachine(other)
      const kinds: string[] = []
      for await (const event of client.watch('VirtualMachine', ['name', 'runtime.powerState'])) {
        if (kinds.at(-1) !== event.kind) kinds.push(event.kind)
        const synced = kinds.filter((kind) => kind === 'synced').length
        if (event.kind === 'synced' && synced === 1) await other.run(machine, 'PowerOffVM_Task')
        if (event.kind === 'modify' && event.changes['runtime.powerState'] === 'poweredOff') {
          expect(event.ref).toEqual(machine)
          await vcsim.endSessions()
        }
        if (event.kind === 'synced' && synced === 2) break
      }
      expect(kinds).toEqual(['enter', 'synced', 'modify', 'reset', 'enter', 'synced'])
      await other.run(machine, 'PowerOnVM_Task')
    })

    it('ends with its signal', async () => {
      const client = connect()
      const ending = new AbortController()
      let events = 0
      for await (const event of client.watch('HostSystem', ['name'], { signal: ending.signal })) {
        events++
        if (event.kind === 'synced') ending.abort()
      }
      expect(events).toBeGreaterThan(1)
    })
  })

  describe('failures', () => {
    it('brings faults of a call as typed errors', async () => {
      const client = connect()
      const machine = await anyMachine(client)
      await vcsim.addFault({
        method: 'PowerOnVM_Task',
        fault: 'NoPermission',
        detail: { object: machine, privilegeId: 'VirtualMachine.Interact.PowerOn' },
        count: 1,
      })
      const error = await failure(client.run(machine, 'PowerOnVM_Task'))
      expect(error).toMatchObject({
        kind: 'permission-denied',
        outcome: 'not-started',
        privilege: 'VirtualMachine.Interact.PowerOn',
        object: `VirtualMachine:${machine.value}`,
      })
    })

    it.each([
      ['status', { kind: 'unreachable', outcome: 'not-started' }],
      ['lose-answer', { kind: 'unreachable', outcome: 'unknown' }],
      ['garbage', { kind: 'protocol', outcome: 'unknown' }],
    ] as const)('tells honestly what became of a call after %s', async (action, expected) => {
      const client = connect()
      const machine = await anyMachine(client)
      await vcsim.addTransportFault({ method: 'ReconfigVM_Task', action, count: 1 })
      const error = await failure(client.call(machine, 'ReconfigVM_Task', { spec: { annotation: action } }))
      expect(error).toMatchObject(expected)
    })

    it('refuses values that the schema forbids before sending them', async () => {
      const client = connect()
      const machine = await anyMachine(client)
      await vcsim.resetCounts()
      const call = client.call(machine, 'ReconfigVM_Task', { spec: { numCPUs: 1.5 } })
      expect(await failure(call)).toMatchObject({ kind: 'validation', outcome: 'not-started' })
      expect((await vcsim.state()).requests.ReconfigVM_Task).toBeUndefined()
    })
  })
})
