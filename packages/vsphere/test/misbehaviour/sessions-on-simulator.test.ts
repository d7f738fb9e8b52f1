import { type HypervisorPort, unwrap } from '@dcm/core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { reference } from '../../src/client/index.js'
import type { vsphere } from '../../src/index.js'
import { callPath } from '../../src/simulator/index.js'
import { connectPort } from '../adapter/connect-port.js'
import { collect, failure, openStage, type Stage } from './on-simulator.js'

const serviceInstance = reference('ServiceInstance', 'ServiceInstance')

const nothingFound =
  '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>' +
  '<RetrievePropertiesExResponse xmlns="urn:vim25"/></soapenv:Body></soapenv:Envelope>'

describe('sessions that break', () => {
  let stage: Stage

  beforeAll(async () => {
    stage = await openStage({ seed: { vms: 25, running: false }, timing: { clone: 100 } })
  })
  // Finds no session at the server: whatever happened, the client has ended those that it was given.
  afterEach(() => stage.clear())
  afterAll(() => stage?.close())

  function anyVm() {
    const vm = stage.simulator.vms().find(({ template }) => !template)
    if (vm === undefined) throw new Error('the simulator has no VM')
    return vm
  }

  it('loses and doubles none of fifty operations when the session is killed in their midst', async () => {
    const { simulator } = stage
    const logins = simulator.logins()
    const port: HypervisorPort<typeof vsphere> = await connectPort({ ...simulator, ...simulator.credentials })
    const before = simulator.vms().length
    const stopped = unwrap(await port.listVms()).items
    const names = Array.from({ length: 25 }, (_, index) => `midst-${index}`)
    const source = { from: 'template', template: { name: 'debian-13-cloud' } } as const
    const made = names.map(async (name) => {
      const begun = await port.createVm({ name, source, powerOn: false }, { idempotencyKey: name })
      return unwrap(await unwrap(begun).wait())
    })
    const started = stopped.map(async ({ ref }) => unwrap(await unwrap(await port.startVm(ref)).wait()))
    await expect.poll(() => simulator.tasks().length).toBeGreaterThan(5)
    expect(simulator.tasks().length).toBeLessThan(50)
    expect(simulator.faults.expireSessions()).toBe(1)
    const vms = await Promise.all(made)
    expect(new Set(vms.map(({ ref }) => ref.id)).size).toBe(25)
    expect((await Promise.all(started)).map(({ powerState }) => powerState)).toEqual(Array(25).fill('running'))
    const atServer = simulator.vms().filter(({ name }) => name.startsWith('midst-'))
    expect(atServer.map(({ name }) => name).sort()).toEqual(names.sort())
    expect(simulator.vms()).toHaveLength(before + 25)
    const done = (method: string) =>
      simulator.tasks().filter((task) => task.method === method && task.state === 'success')
    expect([done('CloneVM_Task').length, done('PowerOnVM_Task').length]).toEqual([25, 25])
    expect(simulator.logins() - logins).toBe(2)
    await port.close()
  })

  it.each(['drop-before', 'drop-after'] as const)(
    'logs out also where the connection breaks then (%s)',
    async (type) => {
      const client = stage.connect()
      await client.call(serviceInstance, 'CurrentTime')
      stage.simulator.faults.add({ match: { path: callPath('Logout'), times: 1 }, action: { type } })
      await client.close()
      expect(stage.simulator.sessions()).toEqual([])
    },
  )

  it('ends the session of a login whose answer it could not read', async () => {
    const { simulator } = stage
    const client = stage.connect()
    simulator.faults.add({
      match: { path: callPath('Login'), times: 1 },
      action: { type: 'other-body', body: '<html>a proxy speaking</html>' },
    })
    expect(await failure(client.sessionCookie())).toMatchObject({ kind: 'protocol' })
    await expect.poll(() => simulator.calls('Logout')).toBe(1)
    await client.call(serviceInstance, 'CurrentTime')
    expect(simulator.sessions()).toHaveLength(1)
  })

  it('does not send a login again whose answer was lost, and leaves only the session that it was never told of', async () => {
    const { simulator } = stage
    const client = stage.connect()
    simulator.faults.add({ match: { path: callPath('Login'), times: 1 }, action: { type: 'drop-after' } })
    expect(await failure(client.sessionCookie())).toMatchObject({ kind: 'unreachable', outcome: 'unknown' })
    expect(simulator.calls('Login')).toBe(1)
    const [orphan] = simulator.sessions()
    await client.call(serviceInstance, 'CurrentTime')
    await client.close()
    expect(simulator.sessions()).toEqual([orphan])
    simulator.faults.expireSessions()
  })

  it('ends a session that the server refused once and kept', async () => {
    const { simulator } = stage
    const client = stage.connect()
    await client.call(serviceInstance, 'CurrentTime')
    const logins = simulator.logins()
    simulator.faults.failCall({ method: 'CurrentTime', fault: 'NotAuthenticated' })
    await Promise.all(Array.from({ length: 10 }, () => client.call(serviceInstance, 'CurrentTime')))
    expect(simulator.logins() - logins).toBe(1)
    // What is under way in the former session is let end: it goes with the next one, or at the end.
    expect(simulator.calls('Logout')).toBe(0)
    simulator.faults.failCall({ method: 'CurrentTime', fault: 'NotAuthenticated' })
    await client.call(serviceInstance, 'CurrentTime')
    await expect.poll(() => simulator.sessions().length).toBe(2)
    await client.close()
    expect(simulator.sessions()).toEqual([])
  })

  it('gives up a session that ends with every answer, after bounded logins', async () => {
    const { simulator } = stage
    const client = stage.connect()
    const logins = simulator.logins()
    simulator.faults.failCall({ method: 'CurrentTime', fault: 'NotAuthenticated', times: 1_000 })
    expect(await failure(client.call(serviceInstance, 'CurrentTime'))).toMatchObject({ kind: 'unauthenticated' })
    simulator.faults.failCall({ method: 'RetrievePropertiesEx', fault: 'NotAuthenticated', times: 1_000 })
    expect(await failure(collect(client.retrieve('VirtualMachine', ['name'])))).toMatchObject({
      kind: 'unauthenticated',
    })
    expect(simulator.logins() - logins).toBeLessThanOrEqual(6)
  })

  it('does not take the emptiness of a session that has ended for things that are gone', async () => {
    const { simulator } = stage
    const client = stage.connect()
    const vm = reference('VirtualMachine', anyVm().ref)
    const { name } = await client.read(vm, 'VirtualMachine', ['name'])
    const logins = simulator.logins()
    simulator.faults.expireSessions()
    simulator.faults.add({
      match: { path: callPath('RetrievePropertiesEx'), times: 1 },
      action: { type: 'reply', reply: { status: 200, body: nothingFound } },
    })
    expect(await client.read(vm, 'VirtualMachine', ['name'])).toMatchObject({ name })
    expect(simulator.logins() - logins).toBe(1)
  })

  it('asks once for its session where something is gone indeed', async () => {
    const { simulator } = stage
    const client = stage.connect()
    await client.sessionCookie()
    const logins = simulator.logins()
    const gone = client.read(reference('VirtualMachine', 'vm-999999'), 'VirtualMachine', ['name'])
    expect(await failure(gone)).toMatchObject({ kind: 'not-found' })
    expect([simulator.calls('RetrievePropertiesEx'), simulator.logins() - logins]).toEqual([2, 0])
  })

  it('makes views and filters anew after a login and an unknown version: watch', async () => {
    const { simulator } = stage
    const client = stage.connect()
    const kinds: string[] = []
    for await (const { kind } of client.watch('HostSystem', ['name'])) {
      if (kinds.at(-1) !== kind) kinds.push(kind)
      const synced = kinds.filter((each) => each === 'synced').length
      if (kind !== 'synced') continue
      if (synced === 1) simulator.faults.expireSessions()
      if (synced === 2) simulator.faults.failCall({ method: 'WaitForUpdatesEx', fault: 'InvalidCollectorVersion' })
      if (synced === 3) break
    }
    expect(kinds).toEqual(['enter', 'synced', 'reset', 'enter', 'synced', 'reset', 'enter', 'synced'])
    expect([simulator.calls('CreateContainerView'), simulator.calls('CreateFilter')]).toEqual([3, 3])
  })

  it('makes views and filters anew after a login and an unknown version: tasks', async () => {
    const { simulator } = stage
    const client = stage.connect()
    const logins = simulator.logins()
    simulator.faults.holdTasks()
    const vm = reference('VirtualMachine', anyVm().ref)
    const running = client.run(vm, 'ReconfigVM_Task', { spec: { annotation: 'new' } })
    const polls = (): number => simulator.calls('WaitForUpdatesEx')
    await expect.poll(polls).toBeGreaterThan(1)
    // The poll that is waiting ends with its session; the first one of the next session finds its version unknown.
    simulator.faults.failCall({ method: 'WaitForUpdatesEx', fault: 'InvalidCollectorVersion' })
    simulator.faults.expireSessions()
    await expect.poll(() => simulator.calls('CreateListView')).toBe(3)
    simulator.faults.holdTasks(false)
    await running
    expect(simulator.calls('CreateFilter')).toBe(3)
    expect(simulator.logins() - logins).toBe(2)
  })

  it('does not take a broken wait for a task that was not started', async () => {
    const { simulator } = stage
    const client = stage.connect()
    const vm = reference('VirtualMachine', anyVm().ref)
    simulator.faults.setPower(vm.value, 'poweredOff')
    simulator.faults.add({
      match: { path: callPath('WaitForUpdatesEx'), times: 1 },
      action: { type: 'reply', reply: { status: 200, body: '<html>a proxy speaking</html>' } },
    })
    const error = await failure(client.run(vm, 'PowerOnVM_Task'))
    expect(error).toMatchObject({ kind: 'protocol', outcome: 'unknown', retryable: false, operation: 'PowerOnVM_Task' })
    expect(await client.tasks.wait(reference('Task', error.task ?? ''))).toBeUndefined()
    expect(simulator.vms().find(({ ref }) => ref === vm.value)?.powerState).toBe('poweredOn')
  })
})
