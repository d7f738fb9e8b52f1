import { inspect } from 'node:util'
import { type HypervisorPort, nativeOf, type Result, unwrap, type VmRef } from '@dcm/core'
import { afterEach, describe, expect, it } from 'vitest'
import { reference } from '../../src/client/index.js'
import { vsphere } from '../../src/index.js'
import { callPath, startVsphereSimulator, type VsphereSimulator } from '../../src/simulator/index.js'
import { closeAll } from '../close-all.js'
import { connectPort, firstVm } from './connect-port.js'

type Port = HypervisorPort<typeof vsphere>

const open: { close(): Promise<void> }[] = []
afterEach(() => closeAll(open))

async function setUp(product: 'vcenter' | 'esxi' = 'vcenter') {
  const simulator = await startVsphereSimulator({ speed: 100, product })
  open.push(simulator)
  const port: Port = await connectPort({ ...simulator, ...simulator.credentials })
  open.push(port)
  return { simulator, port, ref: await firstVm(port) }
}

/** The call is carried out, and its answer never arrives. */
function loseAnswer(simulator: VsphereSimulator, method: string): void {
  simulator.faults.add({ match: { path: callPath(method), times: 1 }, action: { type: 'drop-after' } })
}

type Started<T> = Promise<Result<{ wait(): Promise<Result<T>> }>>

async function done<T>(started: Started<T>): Promise<T> {
  return unwrap(await unwrap(await started).wait())
}

/** The error, whether the operation was refused or failed. */
async function errorOf(started: Started<unknown>) {
  const operation = await started
  const ended = operation.ok ? await operation.value.wait() : operation
  if (ended.ok) throw new Error('it succeeded')
  return ended.error
}

async function stop(port: Port, ref: VmRef): Promise<void> {
  await done(port.stopVm(ref, { mode: 'hard' }))
}

describe('the facet console', () => {
  it('gives a new ticket each time, whose secret stands nowhere else', async () => {
    const { port, ref } = await setUp()
    await done(port.startVm(ref))
    const console = unwrap(await port.facet('console'))
    const before = Date.now()
    const first = unwrap(await console.open({ ref, kind: 'screen' }))
    const second = unwrap(await console.open({ ref, kind: 'screen' }))
    expect(first).toMatchObject({ protocol: 'webmks', url: expect.stringMatching(/^wss:\/\/[^/]+:443\/ticket\/$/) })
    expect(new URL(first.url).hostname).toBe(await hostNameOf(port, ref))
    expect(Date.parse(first.expiresAt)).toBeGreaterThan(before)
    expect(first.secret.equals(second.secret)).toBe(false)
    expect(inspect(first) + JSON.stringify(first)).not.toContain(first.secret.reveal())
    expect(first.fingerprint256).toMatch(/^(?:[0-9A-F]{2}:){31}[0-9A-F]{2}$/)
  })

  it('asks for none where there is no screen, and knows no serial lines', async () => {
    const { port, ref, simulator } = await setUp()
    await stop(port, ref)
    const console = unwrap(await port.facet('console'))
    expect(await console.open({ ref, kind: 'screen' })).toMatchObject({ error: { code: 'FAILED_PRECONDITION' } })
    expect(await console.open({ ref, kind: 'serial' })).toMatchObject({ error: { code: 'UNSUPPORTED' } })
    const nobody = { endpoint: 'lab', id: '00000000-0000-4000-8000-000000000000' }
    expect(await console.open({ ref: nobody, kind: 'screen' })).toMatchObject({ error: { code: 'NOT_FOUND' } })
    expect(simulator.calls('AcquireTicket')).toBe(0)
  })
})

async function hostNameOf(port: Port, ref: VmRef): Promise<string | undefined> {
  const { host } = unwrap(await port.getVm(ref))
  return unwrap(await port.listHosts())
    .items.find(({ id }) => id === host)
    ?.name.toLowerCase()
}

describe('the facet templates', () => {
  it('turns a VM into a template and back, by its id or the template’s, and says what it did once only', async () => {
    const { port, ref, simulator } = await setUp()
    await stop(port, ref)
    const templates = unwrap(await port.facet('templates'))
    loseAnswer(simulator, 'MarkAsTemplate')
    const template = await done(templates.fromVm({ ref }))
    expect(template).toMatchObject({ kind: 'template', id: ref.locator })
    expect(await done(templates.fromVm({ ref }))).toEqual(template)
    expect(simulator.calls('MarkAsTemplate')).toBe(1)
    expect(await port.getVm(ref)).toMatchObject({ error: { code: 'NOT_FOUND' } })
    loseAnswer(simulator, 'MarkAsVirtualMachine')
    const vm = await done(templates.toVm({ template: { name: template.name } }))
    expect(vm).toMatchObject({ ref: { id: ref.id }, powerState: 'stopped' })
    expect((await done(templates.toVm({ template: { id: template.id } }))).ref.id).toBe(ref.id)
    expect(simulator.calls('MarkAsVirtualMachine')).toBe(1)
    expect((await done(port.startVm(ref))).powerState).toBe('running')
    expect((await errorOf(templates.fromVm({ ref }))).code).toBe('FAILED_PRECONDITION')
    expect((await errorOf(templates.toVm({ template: { name: 'no such template' } }))).code).toBe('NOT_FOUND')
  })

  it('deletes a template with its disks, and never a VM', async () => {
    const { port, ref, simulator } = await setUp()
    await stop(port, ref)
    const templates = unwrap(await port.facet('templates'))
    expect((await errorOf(templates.delete({ template: { id: ref.id } }))).code).toBe('FAILED_PRECONDITION')
    const template = await done(templates.fromVm({ ref }))
    loseAnswer(simulator, 'Destroy_Task')
    const report = await done(templates.delete({ template: { id: ref.id } }))
    expect(report.removed).toEqual([template.id, expect.stringMatching(/\.vmdk$/)])
    expect(await done(templates.delete({ template: { id: template.id } }))).toEqual({ removed: [], left: [] })
    expect(await done(templates.delete({ template: { name: template.name } }))).toEqual({ removed: [], left: [] })
  })

  it('keeps a template that linked clones read from, until they are gone', async () => {
    const { port, ref, simulator } = await setUp()
    await stop(port, ref)
    const templates = unwrap(await port.facet('templates'))
    const native = nativeOf(port, vsphere)
    const vm = reference('VirtualMachine', ref.locator ?? '')
    await native.run(vm, 'CreateSnapshot_Task', { name: 'base', memory: false, quiesce: false })
    const template = await done(templates.fromVm({ ref }))
    const spec = {
      name: 'linked',
      source: { from: 'template', template: { id: template.id }, clone: 'linked' },
    } as const
    const linked = await done(port.createVm({ ...spec, powerOn: false }, { idempotencyKey: 'linked' }))
    const error = await errorOf(templates.delete({ template: { id: template.id } }))
    expect([error.code, error.message]).toEqual(['FAILED_PRECONDITION', expect.stringContaining(linked.ref.id)])
    expect(simulator.calls('Destroy_Task')).toBe(0)
    await done(port.deleteVm(linked.ref))
    expect((await done(templates.delete({ template: { id: template.id } }))).removed).toContain(template.id)
  })
})

it('leaves the files of VMs that go with a folder', async () => {
  const { port, ref } = await setUp()
  await stop(port, ref)
  const native = nativeOf(port, vsphere)
  const folders = unwrap(await port.facet('folders'))
  const folder = await done(folders.create({ name: 'filled late' }))
  await done(folders.move({ ref, folder: { id: folder.id } }))
  const vm = reference('VirtualMachine', ref.locator ?? '')
  const { 'config.files.vmPathName': path = '', resourcePool: pool } = await native.read(vm, 'VirtualMachine', [
    'config.files.vmPathName',
    'resourcePool',
  ])
  await native.run(reference('Folder', folder.id), 'UnregisterAndDestroy_Task')
  expect(await port.getVm(ref)).toMatchObject({ error: { code: 'NOT_FOUND' } })
  const top = reference('Folder', folder.parent ?? '')
  await native.run(top, 'RegisterVM_Task', { path, asTemplate: false, ...(pool && { pool }) })
  expect(unwrap(await port.getVm({ endpoint: 'lab', id: ref.id })).disks).not.toEqual([])
})

it('has no templates on a bare host, but consoles', async () => {
  const { port, ref } = await setUp('esxi')
  await done(port.startVm(ref))
  expect(await port.facet('templates')).toMatchObject({ error: { code: 'UNSUPPORTED' } })
  const console = unwrap(await port.facet('console'))
  expect(unwrap(await console.open({ ref, kind: 'screen' })).protocol).toBe('webmks')
})
