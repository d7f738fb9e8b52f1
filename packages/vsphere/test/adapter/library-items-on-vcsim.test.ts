import { gib, type HypervisorPort, mib, nativeOf, unwrap, type VmProvisionSpec } from '@dcm/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { vsphere } from '../../src/index.js'
import { ovfDescriptor } from '../ovf-descriptor.js'
import { findVcsim, startVcsim, type Vcsim } from '../vcsim/start-vcsim.js'
import { connectPort } from './connect-port.js'
import { end } from './end.js'

type Port = HypervisorPort<typeof vsphere>

// vcsim takes no annotation, tells no needs of an item and not which template one stands for: these are proven on the simulator.
describe.skipIf((await findVcsim()) === undefined)('items of content libraries on vcsim', () => {
  let vcsim: Vcsim
  let port: Port
  let library: string
  let item: string

  beforeAll(async () => {
    vcsim = await startVcsim({ vms: 2 })
    const { url, thumbprint256: fingerprint256, userName: username, password } = vcsim
    port = await connectPort({ url, fingerprint256, username, password })
    const { rest } = nativeOf(port, vsphere)
    const [datastore] = unwrap(await port.listDatastores()).items
    library = await rest.request('POST /content/local-library', {
      name: 'golden',
      type: 'LOCAL',
      storage_backings: [{ type: 'DATASTORE', datastore_id: datastore?.id ?? '' }],
    })
    item = await rest.request('POST /content/library/item', { library_id: library, name: 'debian', type: 'ovf' })
    const disk = Buffer.alloc(1_000, 7)
    const descriptor = Buffer.from(ovfDescriptor('debian', 'disk-1.img', disk.length))
    await rest.uploadItem({ item, files: { 'debian.ovf': descriptor, 'disk-1.img': disk } })
  })
  afterAll(async () => {
    await port?.close()
    if (vcsim !== undefined) expect((await vcsim.state()).sessions).toEqual([])
    await vcsim?.close()
  })

  const specOf = (
    name: string,
    template: { id: string } | { name: string; within?: string },
  ): VmProvisionSpec<typeof vsphere> => ({
    name,
    source: { from: 'template', template },
    placement: { cluster: { name: 'DC0_C0' } },
    powerOn: false,
  })

  it('lists those that are OVF packages beside the templates', async () => {
    const templates = unwrap(await port.listTemplates()).items
    expect(templates).toEqual([
      { kind: 'template', id: `library-item:${item}`, name: 'debian', within: [library], tags: [] },
    ])
  })

  it('makes a VM of one, with sizes, disks, cards and a description of its own', async () => {
    const [network] = unwrap(await port.listNetworks()).items
    const spec = {
      ...specOf('web-1', { name: 'debian', within: 'golden' }),
      cpus: 4,
      memoryBytes: gib(1),
      disks: [{ sizeBytes: gib(2) }, { sizeBytes: gib(1) }],
      nics: [{ network: { id: network?.id ?? '' } }],
      description: 'a web server',
      customization: { hostname: 'web-1' },
      powerOn: true,
    }
    const vm = unwrap(await end(port.createVm(spec, { idempotencyKey: 'web-1' })))
    expect(vm).toMatchObject({
      name: 'web-1',
      powerState: 'running',
      cpus: 4,
      memoryBytes: gib(1),
      description: 'a web server',
    })
    expect(vm.disks.map(({ capacityBytes }) => capacityBytes)).toEqual([gib(2), gib(1)])
    expect(vm.nics.map((nic) => nic.network)).toEqual([network?.id])
    expect(vm.createdBy?.key).toBe(vm.ref.id)
    expect(unwrap(await end(port.createVm(spec, { idempotencyKey: 'web-1' }))).ref).toEqual(vm.ref)
  })

  it('tells what is wrong before anything is written', async () => {
    const linked = { from: 'template', template: { name: 'debian' }, clone: 'linked' } as const
    const refused = await end(port.createVm({ ...specOf('linked', { name: 'debian' }), source: linked }))
    expect(refused).toMatchObject({
      error: { code: 'INVALID_ARGUMENT', message: expect.stringContaining('source.clone') },
    })
    const unknown = await end(port.createVm(specOf('unknown', { id: 'library-item:nothing' })))
    expect(unknown).toMatchObject({ error: { code: 'NOT_FOUND' } })
    const elsewhere = await end(port.createVm(specOf('elsewhere', { name: 'debian', within: 'silver' })))
    expect(elsewhere).toMatchObject({ error: { code: 'NOT_FOUND', message: expect.stringContaining('silver') } })
  })

  it('takes back what does not fit the package once it is known', async () => {
    const spec = { ...specOf('small', { name: 'debian' }), disks: [{ sizeBytes: mib(512) }] }
    const refused = await end(port.createVm(spec))
    expect(refused).toMatchObject({
      error: { code: 'INVALID_ARGUMENT', details: { problems: [{ path: 'disks[0].sizeBytes' }] } },
    })
    expect(unwrap(await port.listVms()).items.map(({ name }) => name)).not.toContain('small')
  })

  it('says that a name is taken', async () => {
    unwrap(await end(port.createVm(specOf('taken', { name: 'debian' }), { idempotencyKey: 'one' })))
    const refused = await end(port.createVm(specOf('taken', { name: 'debian' }), { idempotencyKey: 'two' }))
    expect(refused).toMatchObject({ error: { code: 'ALREADY_EXISTS', details: { reason: 'name' } } })
  })

  it('is deleted as a template, and gone already is success', async () => {
    const templates = unwrap(await port.facet('templates'))
    const template = { id: `library-item:${item}` }
    expect(await end(templates.toVm({ template }))).toMatchObject({ error: { code: 'FAILED_PRECONDITION' } })
    const report = unwrap(await end(templates.delete({ template })))
    expect(report).toEqual({ removed: [template.id], left: [] })
    expect(unwrap(await end(templates.delete({ template })))).toEqual({ removed: [], left: [] })
  })
})
