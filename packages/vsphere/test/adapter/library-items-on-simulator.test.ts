import { gib, type HypervisorPort, mib, nativeOf, type OperationHandle, unwrap } from '@dcm/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { vsphere } from '../../src/index.js'
import { startVsphereSimulator, type VsphereSimulator } from '../../src/simulator/index.js'
import { ovfDescriptor } from '../ovf-descriptor.js'
import { connectPort } from './connect-port.js'
import { end } from './end.js'

type Port = HypervisorPort<typeof vsphere>

describe('items of content libraries', () => {
  let simulator: VsphereSimulator
  let port: Port

  beforeAll(async () => {
    simulator = await startVsphereSimulator({ speed: 100 })
    port = await connect()
  })
  afterAll(async () => {
    await port?.close()
    await simulator?.close()
  })

  const connect = () => connectPort({ ...simulator, ...simulator.credentials })
  const named = (name: string) => simulator.vms().filter((vm) => vm.name === name)
  const item = (name: string) => ({ from: 'template', template: { name } }) as const
  const placement = { datastore: { name: 'datastore1' } }
  const deploys = /\/api\/vcenter\/ovf\/library-item\/[^/]+\?action=deploy/
  const deployed = () => simulator.tasks().filter(({ method }) => method === 'ImportVAppLRO').length

  it('are listed beside the templates: OVF packages by themselves, template items as what they stand for', async () => {
    const templates = unwrap(await port.listTemplates()).items
    expect(templates.map(({ name }) => name).sort()).toEqual(['debian-12-ovf', 'debian-13-cloud', 'windows-2022'])
    expect(templates.find(({ name }) => name === 'debian-12-ovf')?.id).toMatch(/^library-item:/)
  })

  it('become VMs as they are, with the description of the package, started', async () => {
    const spec = { name: 'plain', source: item('debian-12-ovf'), placement }
    const vm = unwrap(await end(port.createVm(spec, { idempotencyKey: 'plain' })))
    expect(vm).toMatchObject({
      name: 'plain',
      powerState: 'running',
      cpus: 2,
      memoryBytes: gib(2),
      description: 'Debian 12 for the cloud',
    })
    expect(vm.createdBy?.key).toBe(vm.ref.id)
    const [native] = named('plain')
    expect(native?.instanceUuid).toBe(vm.ref.id)
    expect(native?.extraConfig).not.toHaveProperty('dcm.draft')
    const before = deployed()
    expect(unwrap(await end(port.createVm(spec, { idempotencyKey: 'plain' }))).ref).toEqual(vm.ref)
    expect(deployed()).toBe(before)
  })

  it('become VMs as they are wanted, told to their guests', async () => {
    const [, network] = unwrap(await port.listNetworks()).items
    const spec = {
      name: 'wanted',
      source: item('debian-12-ovf'),
      placement,
      cpus: 4,
      memoryBytes: gib(4),
      disks: [{ sizeBytes: gib(20) }, { sizeBytes: gib(1) }],
      nics: [{ network: { id: network?.id ?? '' }, ipv4: { cidr: '10.0.0.5/24', gateway: '10.0.0.1' } }],
      description: 'mine',
      customization: { hostname: 'wanted', userData: { secretValue: '#cloud-config' } },
    } as const
    const vm = unwrap(await end(port.createVm(spec)))
    expect(vm).toMatchObject({ cpus: 4, memoryBytes: gib(4), description: 'mine' })
    expect(vm.disks.map(({ capacityBytes }) => capacityBytes)).toEqual([gib(20), gib(1)])
    expect(vm.nics.map((nic) => nic.network)).toEqual([network?.id])
    expect(simulator.calls('CustomizeVM_Task')).toBe(1)
    expect(named('wanted')[0]?.extraConfig).toHaveProperty(['guestinfo.userdata'])
  })

  it('lie where a datastore cluster recommends', async () => {
    const extensions = { vsphere: { storagePod: 'pod1' } }
    const vm = unwrap(await end(port.createVm({ name: 'pooled', source: item('debian-12-ovf'), extensions })))
    expect(vm.disks.map(({ path }) => path)).toEqual([expect.stringMatching(/^\[datastore\d\] pooled\//)])
  })

  it('are cloned where a template stands behind them', async () => {
    const before = deployed()
    const vm = unwrap(await end(port.createVm({ name: 'cloned', source: item('debian-12-item') })))
    expect(vm.name).toBe('cloned')
    expect(deployed()).toBe(before)
    expect(simulator.calls('CloneVM_Task')).toBeGreaterThan(0)
  })

  it('are found in their library, after the templates of the inventory', async () => {
    const { rest } = nativeOf(port, vsphere)
    const [library = ''] = await rest.request('POST /content/library?action=find', { name: 'golden' })
    const twin = await addOvf('debian-13-cloud', library)
    const before = deployed()
    const name = 'debian-13-cloud'
    unwrap(await end(port.createVm({ name: 'of-the-inventory', source: item(name) })))
    expect(deployed()).toBe(before)
    for (const [index, within] of ['golden', library].entries()) {
      const source = { from: 'template', template: { name, within } } as const
      unwrap(await end(port.createVm({ name: `of-the-library-${index}`, source, placement })))
      expect(deployed()).toBe(before + index + 1)
    }
    const templates = unwrap(await port.facet('templates'))
    const report = unwrap(await end(templates.delete({ template: { id: `library-item:${twin}` } })))
    expect(report.removed).toEqual([`library-item:${twin}`])
  })

  async function addOvf(name: string, library: string, edit = (descriptor: string) => descriptor): Promise<string> {
    const { rest } = nativeOf(port, vsphere)
    const added = await rest.request('POST /content/library/item', { library_id: library, name, type: 'ovf' })
    const disk = Buffer.alloc(1_000, 7)
    const descriptor = Buffer.from(edit(ovfDescriptor(name, 'disk-1.vmdk', disk.length)))
    await rest.uploadItem({ item: added, files: { [`${name}.ovf`]: descriptor, 'disk-1.vmdk': disk } })
    return added
  }

  describe('of a failure', () => {
    it.each(['drop-during', 'drop-after'] as const)('whose answer was lost give one VM: %s', async (type) => {
      simulator.faults.add({ match: { path: deploys, times: 1 }, action: { type } })
      const before = deployed()
      unwrap(await end(port.createVm({ name: type, source: item('debian-12-ovf'), placement })))
      expect(named(type)).toHaveLength(1)
      expect(deployed()).toBe(before + 1)
    })

    it('of a process that is gone are found by another, which waits until the VM is whole', async () => {
      const first = await connect()
      const spec = { name: 'orphan', source: item('debian-12-ovf'), placement }
      const before = deployed()
      let { handle } = unwrap(await first.createVm(spec, { idempotencyKey: 'orphan' }))
      while (named('orphan').length === 0) {
        handle = unwrap(await first.advanceOperation(handle)).handle
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
      await first.close()
      const vm = unwrap(await unwrap(await port.resumeOperation(handle)).wait())
      expect(vm.name).toBe('orphan')
      expect(named('orphan')).toHaveLength(1)
      expect(deployed()).toBe(before + 1)
    })

    const where = ({ cursor }: OperationHandle) => `${cursor.step} ${cursor.stage}`

    it('go on in another process after every checkpoint', async () => {
      const seen = new Set<string>()
      const pending = async (killAt: number, first: Port) => {
        const spec = { name: 'killed', source: item('debian-12-ovf'), placement, powerOn: false }
        let { handle } = unwrap(await first.createVm(spec, { idempotencyKey: `killed-${killAt}` }))
        const passed = new Set([where(handle)])
        while (passed.size < killAt && handle.phase !== 'ended') {
          handle = unwrap(await first.advanceOperation(handle)).handle
          passed.add(where(handle))
          await new Promise((resolve) => setTimeout(resolve, 5))
        }
        for (const each of passed) seen.add(each)
        return handle
      }
      for (let killAt = 1, ended = false; !ended; killAt += 1) {
        const first = await connect()
        const handle = await pending(killAt, first)
        await first.close()
        ended = handle.phase === 'ended'
        const vm = unwrap(await unwrap(await port.resumeOperation(handle)).wait())
        expect(named('killed').map(({ instanceUuid }) => instanceUuid)).toEqual([vm.ref.id])
        unwrap(await unwrap(await port.deleteVm(vm.ref)).wait())
      }
      expect([...seen]).toEqual(expect.arrayContaining(['deploy accepted', 'fixup accepted', 'finish accepted']))
    })

    it.each(['kept', 'lost'])('are taken back when they are cancelled, their answer %s', async (answer) => {
      const fault = { match: { path: deploys, times: 1 }, action: { type: 'drop-during' } } as const
      if (answer === 'lost') simulator.faults.add(fault)
      const operation = unwrap(await port.createVm({ name: answer, source: item('debian-12-ovf'), placement }))
      const waiting = operation.wait()
      await expect.poll(() => named(answer), { interval: 5 }).toHaveLength(1)
      await operation.cancel()
      expect(await waiting).toMatchObject({ ok: false, error: { code: 'CANCELLED' } })
      expect(named(answer)).toEqual([])
    })

    it('say so when the platform gives up late', async () => {
      simulator.faults.failNextTask({ method: 'ImportVAppLRO', fault: 'NoDiskSpace' })
      const late = await end(port.createVm({ name: 'late', source: item('debian-12-ovf'), placement }))
      expect(late).toMatchObject({ ok: false, error: { message: expect.stringContaining('deploy') } })
      expect(named('late')).toEqual([])
    })

    it('race for one key, and one VM comes of it', async () => {
      const spec = { name: 'raced', source: item('debian-12-ovf'), placement }
      const other = await connect()
      try {
        const [one, two] = await Promise.all(
          [port, other].map((each) => end(each.createVm(spec, { idempotencyKey: 'raced' }))),
        )
        expect(one && unwrap(one).ref).toEqual(two && unwrap(two).ref)
        expect(named('raced')).toHaveLength(1)
      } finally {
        await other.close()
      }
    })

    it('are taken back while the VM has an id that the server chose', async () => {
      simulator.faults.failNextTask({ method: 'ReconfigVM_Task', fault: 'InsufficientResourcesFault' })
      const failed = await end(port.createVm({ name: 'half', source: item('debian-12-ovf'), placement }))
      expect(failed).toMatchObject({ ok: false, error: { code: 'RESOURCE_EXHAUSTED' } })
      expect(named('half')).toEqual([])
    })

    it('are taken back when the package does not fit what is asked for', async () => {
      const spec = { name: 'small', source: item('debian-12-ovf'), placement, disks: [{ sizeBytes: mib(512) }] }
      expect(await end(port.createVm(spec))).toMatchObject({
        error: { code: 'INVALID_ARGUMENT', details: { problems: [{ path: 'disks[0].sizeBytes' }] } },
      })
      expect(named('small')).toEqual([])
    })

    it('leave what another has under the name alone', async () => {
      unwrap(await end(port.createVm({ name: 'taken', source: item('debian-12-ovf'), placement })))
      const refused = await end(port.createVm({ name: 'taken', source: item('debian-12-ovf'), placement }))
      expect(refused).toMatchObject({ error: { code: 'ALREADY_EXISTS', details: { reason: 'name' } } })
      expect(named('taken')).toHaveLength(1)
    })
  })

  it('ask for their licences to be accepted, before anything is written', async () => {
    const { rest } = nativeOf(port, vsphere)
    const [library = ''] = await rest.request('POST /content/library?action=find', { name: 'golden' })
    const licensed = await addOvf('licensed', library, (descriptor) =>
      descriptor.replace(
        '<OperatingSystemSection',
        '<EulaSection><Info>Licence</Info><License>Be kind.</License></EulaSection><OperatingSystemSection',
      ),
    )
    const spec = {
      name: 'licensed',
      source: { from: 'template', template: { id: `library-item:${licensed}` } },
      placement,
    } as const
    const before = deployed()
    expect(await end(port.createVm(spec))).toMatchObject({
      error: { code: 'INVALID_ARGUMENT', details: { problems: [{ path: 'extensions.vsphere.ovf.acceptEulas' }] } },
    })
    expect(deployed()).toBe(before)
    const extensions = { vsphere: { ovf: { acceptEulas: true } } }
    expect(unwrap(await end(port.createVm({ ...spec, extensions }))).name).toBe('licensed')
  })

  it('that are ISO images are listed as images, and deleted', async () => {
    const { rest } = nativeOf(port, vsphere)
    const [library = ''] = await rest.request('POST /content/library?action=find', { name: 'golden' })
    const iso = await rest.request('POST /content/library/item', {
      library_id: library,
      name: 'debian.iso',
      type: 'iso',
    })
    const images = unwrap(await port.facet('images'))
    const image = unwrap(await images.list({})).items.find(({ name }) => name === 'debian.iso')
    const [datastore] = unwrap(await port.listDatastores()).items
    expect(image).toMatchObject({ id: `library-item:${iso}`, datastore: datastore?.id })
    const remove = async () => unwrap(await unwrap(await images.delete({ image: { id: image?.id ?? '' } })).wait())
    expect(await remove()).toEqual({ removed: [image?.id], left: [] })
    expect(await remove()).toEqual({ removed: [], left: [] })
    const spec = { name: 'no', source: { from: 'template', template: { id: image?.id ?? '' } } } as const
    expect(await end(port.createVm(spec))).toMatchObject({ error: { code: 'NOT_FOUND' } })
  })

  it('fail no list together with their service', async () => {
    simulator.faults.add({
      match: { path: /\/api\/content\/library\/item\?action=find/, times: 1 },
      action: { type: 'reply', reply: { status: 503, body: '' } },
    })
    const { items, complete, problems } = unwrap(await port.listTemplates())
    expect(items.map(({ name }) => name)).not.toContain('debian-12-ovf')
    expect([complete, problems.map(({ source }) => source)]).toEqual([false, ['the content libraries']])
  })
})
