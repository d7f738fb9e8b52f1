import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type LoopbackServer, startLoopbackServer } from '@dcm/wire/loopback'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createVsphereClient, isFault, reference, type VsphereClient } from '../src/client/index.js'
import { inEnvelope } from './soap-session.js'

interface Exchange {
  readonly name: string
  readonly status: number
  /** Element of the call. */
  readonly request: string
  /** Whole envelope. */
  readonly response: string
}

/** Found in `DCM_RECORDINGS`, or beside the repository. */
function readRecordings(): readonly Exchange[] {
  const beside = fileURLToPath(new URL('../../../../shared/recordings', import.meta.url))
  const file = join(process.env.DCM_RECORDINGS ?? beside, 'vsphere/vcsim-soap.json')
  try {
    return (JSON.parse(readFileSync(file, 'utf8')) as { exchanges: Exchange[] }).exchanges // our own file
  } catch (error) {
    if (process.env.DCM_REQUIRE_RECORDINGS === '1') throw error
    console.warn('SKIPPED: no recordings of vSphere found; set DCM_RECORDINGS to the folder that holds vsphere/')
    return []
  }
}

const recordings = readRecordings()
const methodOf = (text: string): string => /<(?:[\w.-]+:)?Body[^>]*>\s*<([\w.-]+)/.exec(text)?.[1] ?? ''

describe.skipIf(recordings.length === 0)('recorded answers, through the client', () => {
  let server: LoopbackServer
  let client: VsphereClient
  /** What is answered next, by names of recordings. */
  const script: string[] = []
  const sent: string[] = []
  const machine = reference('VirtualMachine', 'vm-62')

  beforeAll(async () => {
    server = await startLoopbackServer({
      handler({ path, body }) {
        if (path !== '/sdk') return { status: 404 }
        const text = body.toString()
        const method = methodOf(text)
        sent.push(text)
        // The calls around those that were recorded.
        if (method === 'CreateContainerView') {
          const view = '<returnval type="ContainerView">session[a6f48c7d]view</returnval>'
          return xml(
            200,
            inEnvelope(`<CreateContainerViewResponse xmlns="urn:vim25">${view}</CreateContainerViewResponse>`),
          )
        }
        if (/^(?:Destroy|Cancel)/.test(method)) {
          return xml(200, inEnvelope(`<${method}Response xmlns="urn:vim25"></${method}Response>`))
        }
        const scripted = recordings.find(({ name }) => name === script[0])
        const isNext = scripted !== undefined && methodOf(inEnvelope(scripted.request)) === method
        const found = isNext ? scripted : recordings.find(({ name }) => name === method)
        if (isNext) script.shift()
        if (found === undefined) return { status: 501 }
        return xml(found.status, found.response, method === 'Login')
      },
    })
    const { url, fingerprint256 } = server
    client = createVsphereClient({ url, fingerprint256, auth: { username: 'u', password: 'p' }, keepAliveMs: 0 })
  })
  afterEach(() => {
    expect(script.splice(0)).toEqual([])
  })
  afterAll(async () => {
    await client?.close()
    // The session, and the former one.
    expect(sent.filter((text) => methodOf(text) === 'Logout')).toHaveLength(2)
    await server?.close()
  })

  const xml = (status: number, body: string, withCookie = false) => ({
    status,
    headers: [
      ['Content-Type', 'text/xml; charset=utf-8'],
      ...(withCookie ? ([['Set-Cookie', 'vmware_soap_session="recorded"; Path=/; HttpOnly']] as const) : []),
    ] as const,
    body,
  })

  it('opens a session with a server that tells no versions, and sends the cookie as it was given', async () => {
    const { about, sessionManager } = await client.serviceContent()
    expect(about).toMatchObject({ apiType: 'VirtualCenter', apiVersion: '6.5', build: '5973321' })
    expect(sessionManager).toEqual(reference('SessionManager', 'SessionManager'))
    expect(await client.apiVersion()).toBeUndefined()
    expect(await client.sessionCookie()).toBe('vmware_soap_session="recorded"')
  })

  it('renews the session that is not known', async () => {
    script.push('CurrentTime.NotAuthenticated')
    const logins = sent.filter((text) => methodOf(text) === 'Login').length
    // No good answer to this call was recorded: it ends with what this server says of unknown calls.
    await expect(client.call(reference('ServiceInstance', 'ServiceInstance'), 'CurrentTime')).rejects.toMatchObject({
      kind: 'protocol',
      status: 501,
    })
    expect(sent.filter((text) => methodOf(text) === 'Login')).toHaveLength(logins + 1)
    // The former one is logged out with the next renewal, or at the end: nothing under way in it is cut.
    expect(sent.filter((text) => methodOf(text) === 'Logout')).toEqual([])
    sent.length = 0
  })

  it('reads pages, whose values have their types', async () => {
    script.push('RetrievePropertiesEx.page1', 'ContinueRetrievePropertiesEx')
    const rows = []
    const paths = ['name', 'runtime.powerState', 'guest', 'summary', 'config.template'] as const
    for await (const row of client.retrieve('VirtualMachine', paths, { pageSize: 2 })) {
      rows.push(row)
      if (rows.length === 4) break // only the first two pages were recorded
    }
    expect(rows.map(({ name }) => name)).toEqual(['DC0_H0_VM0', 'DC0_H0_VM1', 'DC0_C0_RP0_VM0', 'DC0_C0_RP0_VM1'])
    expect(rows[0]).toMatchObject({
      ref: machine,
      'runtime.powerState': 'poweredOn',
      'config.template': false,
      guest: { ipAddress: '10.0.0.42', guestFamily: 'linuxGuest' },
      summary: { config: { name: 'DC0_H0_VM0' } },
    })
    expect(sent.some((text) => text.includes('<token>44e3a090-178d-4a49-bf1a-6453fd640b3c</token>'))).toBe(true)
  })

  it('reads a whole configuration with its devices, and a host', async () => {
    script.push('RetrievePropertiesEx.config', 'HostSystem.summary')
    const { config } = await client.read(machine, 'VirtualMachine', ['config'])
    const types = config?.hardware.device.map(({ _type }) => _type) ?? []
    expect(types).not.toContain('$unknown')
    expect(types).toContain('VirtualDisk')
    expect(config?.createDate).toBeDefined()
    const host = await client.read(reference('HostSystem', 'host-21'), 'HostSystem', ['summary', 'name', 'parent'])
    expect(host.summary).toMatchObject({ host: reference('HostSystem', 'host-21') })
  })

  it('reads references, alone and in lists, and says what is missing', async () => {
    script.push('RetrievePropertiesEx.refs', 'RetrievePropertiesEx.missingSet')
    expect(await client.read(machine, 'VirtualMachine', ['resourcePool', 'datastore', 'parent'])).toEqual({
      ref: machine,
      resourcePool: reference('ResourcePool', 'resgroup-23'),
      datastore: [reference('Datastore', 'datastore-59')],
      parent: reference('Folder', 'group-2'),
    })
    const error: unknown = await client
      .read(machine, 'VirtualMachine', ['bogus.path' as 'config.uuid', 'name'])
      .catch((thrown: unknown) => thrown)
    expect(isFault(error, 'InvalidProperty') && error.fault.name).toBe('bogus.path')
  })

  it('reads what became of tasks', async () => {
    script.push('CloneVM_Task.ok', 'TaskInfo.clone.duplicate', 'TaskInfo.powerOn.InvalidPowerState')
    const task = await client.call(machine, 'CloneVM_Task', {
      folder: reference('Folder', 'group-2'),
      name: 'c1',
      spec: { location: { pool: reference('ResourcePool', 'resgroup-23') }, template: false, powerOn: true },
    })
    expect(task).toEqual(reference('Task', 'task-80'))
    const { info: clone } = await client.read(reference('Task', 'task-81'), 'Task', ['info'])
    expect(clone).toMatchObject({
      state: 'error',
      descriptionId: 'VirtualMachine.cloneVm',
      error: { fault: { _type: 'DuplicateName', name: 'c1', object: reference('VirtualMachine', 'vm-75') } },
    })
    const { info: start } = await client.read(reference('Task', 'task-82'), 'Task', ['info'])
    expect(start.error?.fault).toMatchObject({ _type: 'InvalidPowerState', existingState: 'poweredOn' })
  })

  it('follows changes: a truncated update, the rest of it, a change, and a wait without news', async () => {
    script.push(
      'WaitForUpdatesEx.truncated',
      'WaitForUpdatesEx.rest',
      'WaitForUpdatesEx.timeout',
      'WaitForUpdatesEx.modify',
    )
    const seen: string[] = []
    for await (const event of client.watch('VirtualMachine', ['name', 'runtime.powerState'])) {
      seen.push('ref' in event ? `${event.kind} ${event.ref.value}` : event.kind)
      if (event.kind === 'modify') {
        expect(event.changes).toEqual({ 'runtime.powerState': 'poweredOff' })
        break
      }
    }
    expect(seen.slice(0, 2)).toEqual(['enter vm-62', 'enter vm-65'])
    expect(seen.indexOf('synced')).toBeGreaterThanOrEqual(4)
    expect(seen.at(-1)).toBe('modify vm-62')
    const versions = sent.flatMap((text) => /<version>(.*?)<\/version>/.exec(text)?.[1] ?? [])
    expect(versions).toEqual(['-', 'P', 'P'])
  })

  it('tells faults of calls by their types', async () => {
    script.push('ManagedObjectNotFound', 'MethodNotFound.AcquireTicket')
    const gone: unknown = await client
      .call(reference('VirtualMachine', 'vm-99999'), 'PowerOnVM_Task')
      .catch((thrown: unknown) => thrown)
    expect(isFault(gone, 'ManagedObjectNotFound') && gone.fault.obj.value).toBe('vm-99999')
    await expect(client.call(machine, 'AcquireTicket', { ticketType: 'webmks' })).rejects.toMatchObject({
      kind: 'unsupported',
      faultName: 'MethodNotFound',
    })
  })
})
