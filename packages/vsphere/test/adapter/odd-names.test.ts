import { type HypervisorPort, nativeOf, type Operation, type OperationResults, type Result, unwrap } from '@dcm/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { reference } from '../../src/client/index.js'
import { vsphere } from '../../src/index.js'
import { startVsphereSimulator, type VsphereSimulator } from '../../src/simulator/index.js'
import { findVcsim, startVcsim, type Vcsim } from '../vcsim/start-vcsim.js'
import { connectPort } from './connect-port.js'

type Port = HypervisorPort<typeof vsphere>

/** As people write them, and as the platform keeps them. */
const escaped = [['a/b\\c 50% %2f', 'a%2fb%5cc 50%25 %252f']] as const
const plain = ['"double" \'single\' <b>&amp; a+b', 'naïve 日本 🚀 {}; #?'] as const

const done = async <Kind extends keyof OperationResults>(
  begun: Promise<Result<Operation<Kind>>>,
): Promise<OperationResults[Kind]> => unwrap(await unwrap(await begun).wait())

/** list, create, find by inventory path, rename, delete: the name is the same everywhere. */
async function expectLife(port: Port, template: string, name: string, stored: string): Promise<void> {
  const native = nativeOf(port, vsphere)
  const source = { from: 'template', template: { name: template } } as const
  const made = await done(port.createVm({ name, source, powerOn: false }, { idempotencyKey: name }))
  expect(made.name).toBe(name)
  expect(unwrap(await port.listVms({ name })).items.map(({ ref }) => ref.id)).toEqual([made.ref.id])
  const vm = reference('VirtualMachine', made.ref.locator ?? '')
  expect((await native.read(vm, 'VirtualMachine', ['name'])).name).toBe(stored)
  expect(await findByPath(port, made.ref.locator ?? '', stored)).toEqual(vm)

  const again = await port.createVm({ name, source, powerOn: false }, { idempotencyKey: `${name} again` })
  const refused = again.ok ? await again.value.wait() : again
  expect(refused).toMatchObject({ ok: false, error: { code: 'ALREADY_EXISTS', details: { reason: 'name' } } })

  const reconfigure = unwrap(await port.facet('reconfigure'))
  const renamed = unwrap(await unwrap(await reconfigure.apply({ ref: made.ref, name: `${name} 2` })).wait())
  expect(renamed.name).toBe(`${name} 2`)
  expect(await findByPath(port, made.ref.locator ?? '', `${stored} 2`)).toEqual(vm)
  expect((await done(port.deleteVm(made.ref))).removed).toContain(made.ref.id)
  expect(unwrap(await port.listVms({ name: `${name} 2` })).items).toEqual([])
}

/** The VM at the path of its folder and its stored name. */
async function findByPath(port: Port, vm: string, stored: string) {
  const native = nativeOf(port, vsphere)
  const segments = [stored]
  let { parent } = await native.read(reference('VirtualMachine', vm), 'VirtualMachine', ['parent'])
  while (parent !== undefined) {
    const above = await native.read(parent, 'ManagedEntity', ['name', 'parent'])
    if (above.parent !== undefined) segments.unshift(above.name)
    parent = above.parent
  }
  const { searchIndex = reference('SearchIndex', 'SearchIndex') } = await native.serviceContent()
  return native.call(searchIndex, 'FindByInventoryPath', { inventoryPath: segments.join('/') })
}

describe('names that need escaping, on the simulator', () => {
  let simulator: VsphereSimulator
  let port: Port

  beforeAll(async () => {
    simulator = await startVsphereSimulator({ speed: 500 })
    port = await connectPort({ ...simulator, ...simulator.credentials })
  })
  afterAll(async () => {
    await port?.close()
    await simulator?.close()
  })

  it.each([...escaped, ...plain.map((name) => [name, name] as const)])('%s', (name, stored) =>
    expectLife(port, 'debian-13-cloud', name, stored),
  )

  it.each([...escaped.map(([name]) => name), ...plain])('a folder %s', async (name) => {
    const folders = unwrap(await port.facet('folders'))
    const top = unwrap(await folders.list()).items.find(({ parent }) => parent === undefined)
    const made = unwrap(await unwrap(await folders.create({ name, parent: { id: top?.id ?? '' } })).wait())
    expect(made.name).toBe(name)
    expect(unwrap(await folders.list()).items.filter((folder) => folder.name === name)).toHaveLength(1)
    unwrap(await unwrap(await folders.delete({ folder: { id: made.id } })).wait())
    expect(unwrap(await folders.list()).items.filter((folder) => folder.name === name)).toEqual([])
  })
})

describe.skipIf((await findVcsim()) === undefined)('names that need escaping, on vcsim', () => {
  let vcsim: Vcsim
  let port: Port

  beforeAll(async () => {
    vcsim = await startVcsim({ vms: 1, autostart: false })
    const { url, thumbprint256: fingerprint256, userName: username, password } = vcsim
    port = await connectPort({ url, fingerprint256, username, password })
    const template = (await vcsim.vms()).find(({ name }) => name === 'DC0_H0_VM0')
    await nativeOf(port, vsphere).call(reference('VirtualMachine', template?.ref ?? ''), 'MarkAsTemplate')
  })
  afterAll(async () => {
    await port?.close()
    if (vcsim !== undefined) expect((await vcsim.state()).sessions).toEqual([])
    await vcsim?.close()
  })

  it.each(plain)('%s', (name) => expectLife(port, 'DC0_H0_VM0', name, name))

  it('escapes once more what the client has escaped: the gap that the README lists', async () => {
    const folders = unwrap(await port.facet('folders'))
    const top = unwrap(await folders.list()).items.find(({ parent }) => parent === undefined)
    const begun = await folders.create({ name: 'a/b', parent: { id: top?.id ?? '' } })
    if (begun.ok) await begun.value.wait()
    expect(unwrap(await folders.list()).items.map(({ name }) => name)).toContain('a%2fb')
  })
})
