import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { reference, type VsphereClient } from '../../src/client/index.js'
import { callPath } from '../../src/simulator/index.js'
import { collect, failure, openStage, type Stage } from './on-simulator.js'

const pages = { pageSize: 50 }

describe('reading from a server that changes or forgets', () => {
  let stage: Stage

  beforeAll(async () => {
    stage = await openStage({ seed: { vms: 230, templates: false } })
  })
  afterEach(() => stage.clear())
  afterAll(() => stage?.close())

  /** The names of a listing; `meanwhile` happens between its first page and its second. */
  async function namesWhile(client: VsphereClient, meanwhile: () => unknown): Promise<string[]> {
    const names: string[] = []
    for await (const { name } of client.retrieve('VirtualMachine', ['name'], pages)) {
      if (names.length === 0) await meanwhile()
      names.push(name)
    }
    expect(new Set(names).size).toBe(names.length)
    return names
  }

  /** Spoils the answer of a method once, by replacing its text. */
  function missingInstead(method: string, vm: string, fault: string): void {
    const of = `<obj type="VirtualMachine">${vm}</obj>`
    const body =
      '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body>' +
      `<${method}Response xmlns="urn:vim25"><returnval><objects><obj type="VirtualMachine">vm-here</obj><propSet><name>name</name><val xsi:type="xsd:string" xmlns:xsd="http://www.w3.org/2001/XMLSchema">here</val></propSet></objects>` +
      `<objects>${of}<missingSet><path>name</path><fault><fault xsi:type="ManagedObjectNotFound"><obj type="VirtualMachine">${fault}</obj></fault><localizedMessage>gone</localizedMessage></fault></missingSet></objects></returnval></${method}Response></soapenv:Body></soapenv:Envelope>`
    const headers = [['Content-Type', 'text/xml; charset=utf-8']] as const
    stage.simulator.faults.add({
      match: { path: callPath(method), times: 1 },
      action: { type: 'reply', reply: { status: 200, headers, body } },
    })
  }

  it('leaves out what is destroyed between two pages, and gives all else once', async () => {
    const client = stage.connect()
    const { simulator } = stage
    const gone = simulator.vms().slice(-2)
    const names = await namesWhile(client, () => {
      for (const { ref } of gone) simulator.faults.removeVm(ref)
    })
    expect(names).toHaveLength(228)
    for (const { name } of gone) expect(names).not.toContain(name)
    expect(simulator.calls('ContinueRetrievePropertiesEx')).toBe(4)
  })

  it('leaves out an object of which the server finds only that it is gone', async () => {
    const client = stage.connect()
    missingInstead('RetrievePropertiesEx', 'vm-gone', 'vm-gone')
    expect((await collect(client.retrieve('VirtualMachine', ['name']))).map(({ ref }) => ref.value)).toEqual([
      'vm-here',
    ])
    missingInstead('RetrievePropertiesEx', 'vm-gone', 'vm-gone')
    const gone = reference('VirtualMachine', 'vm-gone')
    expect(await collect(client.readMany([gone], 'VirtualMachine', ['name']))).toHaveLength(1)
  })

  it('begins anew where the server has given the token of the next page up', async () => {
    const client = stage.connect()
    stage.simulator.faults.failCall({
      method: 'ContinueRetrievePropertiesEx',
      fault: 'InvalidProperty',
      detail: { name: 'token' },
      after: 1,
    })
    expect(await namesWhile(client, () => undefined)).toHaveLength(228)
    expect(stage.simulator.calls('CreateContainerView')).toBe(2)
  })

  it.each(['drop-before', 'drop-after'] as const)('begins anew where a page is lost (%s)', async (type) => {
    const client = stage.connect()
    const path = callPath('ContinueRetrievePropertiesEx')
    stage.simulator.faults.add({ match: { path, times: 1, after: 1 }, action: { type } })
    expect(await namesWhile(client, () => undefined)).toHaveLength(228)
    // The token of the page that was lost is never sent again: it might give the page behind it.
    expect(stage.simulator.calls('ContinueRetrievePropertiesEx')).toBe(2 + 4)
    expect(stage.simulator.logins()).toBeGreaterThan(0)
  })

  it('says that nothing was changed where it cannot go on', async () => {
    const client = stage.connect()
    const path = callPath('ContinueRetrievePropertiesEx')
    stage.simulator.faults.add({ match: { path }, action: { type: 'drop-after' } })
    const error = await failure(namesWhile(client, () => undefined))
    expect(error).toMatchObject({ kind: 'unreachable', outcome: 'not-started' })
    expect(stage.simulator.calls('CreateContainerView')).toBe(4)
  })

  it('watches more objects than one update holds, and tells when all have come', async () => {
    const client = stage.connect()
    const seen = new Set<string>()
    let changed = 0
    for await (const event of client.watch('VirtualMachine', ['name', 'runtime.powerState'])) {
      if (event.kind === 'enter') seen.add(event.ref.value)
      if (event.kind === 'synced') {
        expect(seen.size).toBe(228)
        // Three updates: two that are truncated.
        expect(stage.simulator.calls('WaitForUpdatesEx')).toBe(3)
        for (const { ref } of stage.simulator.vms()) stage.simulator.faults.setPower(ref, 'poweredOff')
      }
      if (event.kind === 'modify') changed += 1
      if (changed === 228) break
    }
  })

  it('waits for more tasks than one update holds', async () => {
    const client = stage.connect()
    const { simulator } = stage
    simulator.faults.holdTasks()
    const refs = simulator.vms().slice(0, 200)
    const running = refs.map(({ ref }) => client.run(reference('VirtualMachine', ref), 'PowerOnVM_Task'))
    await expect.poll(() => simulator.tasks().length).toBe(200)
    // An update of two hundred tasks is told in two parts.
    await expect.poll(() => simulator.calls('WaitForUpdatesEx')).toBeGreaterThan(1)
    simulator.faults.holdTasks(false)
    await Promise.all(running)
    const polls = simulator.requests.entries().filter(({ path }) => path === callPath('WaitForUpdatesEx'))
    expect(new Set(polls.map(({ connectionId }) => connectionId)).size).toBe(1)
    const others = simulator.requests.entries().filter(({ path }) => path !== callPath('WaitForUpdatesEx'))
    const [poll] = polls
    expect(others.filter(({ connectionId }) => connectionId === poll?.connectionId)).toEqual([])
    for (const method of ['CreatePropertyCollector', 'CreateFilter', 'CreateListView'])
      expect([method, simulator.calls(method)]).toEqual([method, 1])
    for (const { ref } of refs) simulator.faults.setPower(ref, 'poweredOff')
  })

  it('makes views and filters anew where the server does not know the version any more: for tasks', async () => {
    const client = stage.connect()
    const { simulator } = stage
    simulator.faults.holdTasks()
    const vm = reference('VirtualMachine', simulator.vms()[0]?.ref ?? '')
    const running = client.run(vm, 'PowerOnVM_Task')
    await expect.poll(() => simulator.calls('WaitForUpdatesEx')).toBeGreaterThan(0)
    simulator.faults.failCall({ method: 'WaitForUpdatesEx', fault: 'InvalidCollectorVersion' })
    simulator.faults.holdTasks(false)
    await running
    await client.run(vm, 'PowerOffVM_Task')
    expect(simulator.logins()).toBeGreaterThan(0)
  })
})
