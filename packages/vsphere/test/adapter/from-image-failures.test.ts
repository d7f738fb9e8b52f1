import { type DeleteOptions, gib, type HypervisorPort, nativeOf, type OperationHandle, unwrap } from '@dcm/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type DeviceChange, inputOf } from '../../src/adapter/create/devices.js'
import { datastoreUrl, reference } from '../../src/client/index.js'
import { vsphere } from '../../src/index.js'
import { startVsphereSimulator, type VsphereSimulator } from '../../src/simulator/index.js'
import { connectPort } from './connect-port.js'
import { end } from './end.js'

type Port = HypervisorPort<typeof vsphere>
type Image = { id: string } | { name: string; within: string }

describe('VMs from installation images', () => {
  let simulator: VsphereSimulator
  let port: Port
  let near: string
  let image: string

  beforeEach(async () => {
    simulator = await startVsphereSimulator({ speed: 100, seed: { datacenters: 2 } })
    port = await connect()
    const [cluster] = unwrap(await port.listClusters()).items
    const [datacenter] = unwrap(await port.listDatacenters()).items.filter(({ id }) => cluster?.within.includes(id))
    const [store] = unwrap(await port.listDatastores()).items.filter(({ within }) =>
      within.includes(datacenter?.id ?? ''),
    )
    near = store?.id ?? ''
    image = `${near}/installer.iso`
    const url = datastoreUrl({
      datacenter: datacenter?.name ?? '',
      datastore: store?.name ?? '',
      path: 'installer.iso',
    })
    await nativeOf(port, vsphere).upload(url, Buffer.alloc(1_000, 1))
  })
  afterEach(async () => {
    await port?.close()
    await simulator?.close()
  })

  const connect = () => connectPort({ ...simulator, ...simulator.credentials })
  const named = (name: string) => simulator.vms().filter((vm) => vm.name === name)

  async function specOf(name: string, wanted: Image = { id: image }) {
    const [cluster] = unwrap(await port.listClusters()).items
    return {
      name,
      source: { from: 'image', image: wanted } as const,
      cpus: 1,
      memoryBytes: gib(1),
      disks: [{ sizeBytes: gib(4) }],
      placement: { cluster: { id: cluster?.id ?? '' }, datastore: { id: near } },
      powerOn: false,
    }
  }

  async function devicesOf(vm: string) {
    const client = nativeOf(port, vsphere)
    const read = await client.read(reference('VirtualMachine', vm), 'VirtualMachine', ['config.hardware.device'])
    return read['config.hardware.device'] ?? []
  }

  async function drivesOf(vm: string) {
    return (await devicesOf(vm)).flatMap((device) => (device._type === 'VirtualCdrom' ? [device] : []))
  }

  const imageIds = async () => unwrap(await unwrap(await port.facet('images')).list({})).items.map(({ id }) => id)

  it('are begun without a search of datastores, where the image is named by its id', async () => {
    unwrap(await end(port.createVm(await specOf('quick'))))
    expect(simulator.calls('SearchDatastoreSubFolders_Task')).toBe(0)
  })

  const where = ({ cursor }: OperationHandle) => `${cursor.step} ${cursor.stage}`

  it('go on in another process after every checkpoint, as one VM with one drive', async () => {
    const seen = new Set<string>()
    for (let killAt = 1, ended = false; !ended; killAt += 1) {
      const first = await connect()
      let { handle } = unwrap(await first.createVm(await specOf('killed'), { idempotencyKey: `killed-${killAt}` }))
      const passed = new Set([where(handle)])
      while (passed.size < killAt && handle.phase !== 'ended') {
        handle = unwrap(await first.advanceOperation(handle)).handle
        passed.add(where(handle))
      }
      await first.close()
      for (const each of passed) seen.add(each)
      ended = handle.phase === 'ended'
      const vm = unwrap(await unwrap(await port.resumeOperation(handle)).wait())
      expect(named('killed').map(({ instanceUuid }) => instanceUuid)).toEqual([vm.ref.id])
      expect(await drivesOf(vm.ref.locator ?? '')).toHaveLength(1)
      unwrap(await end(port.deleteVm(vm.ref)))
    }
    expect([...seen]).toEqual(expect.arrayContaining(['make accepted', 'finish accepted']))
  })

  it('get the image back that was changed or taken out with its drive before they were finished', async () => {
    const disc = `[${unwrap(await port.listDatastores()).items.find(({ id }) => id === near)?.name}] installer.iso`
    for (const what of ['another disc', 'no drive', 'no controller']) {
      let { handle } = unwrap(await port.createVm(await specOf(what), { idempotencyKey: what }))
      while (handle.cursor.step !== 'fixup') handle = unwrap(await port.advanceOperation(handle)).handle
      const vm = named(what)[0]?.ref ?? ''
      const devices = await devicesOf(vm)
      const backing = { _type: 'VirtualCdromRemotePassthroughBackingInfo', deviceName: '', exclusive: false } as const
      const deviceChange = devices.flatMap((device): DeviceChange[] => {
        const isDrive = device._type === 'VirtualCdrom'
        if (!isDrive && (what !== 'no controller' || device._type !== 'VirtualAHCIController')) return []
        const isEdited = isDrive && what === 'another disc'
        const asRead = inputOf(device, isEdited ? { backing } : {})
        return [{ _type: 'VirtualDeviceConfigSpec', operation: isEdited ? 'edit' : 'remove', device: asRead }]
      })
      expect(deviceChange).toHaveLength(what === 'no controller' ? 2 : 1)
      const order = { spec: { deviceChange } }
      await nativeOf(port, vsphere).run(reference('VirtualMachine', vm), 'ReconfigVM_Task', order)
      unwrap(await unwrap(await port.resumeOperation(handle)).wait())
      expect(await drivesOf(vm), what).toMatchObject([{ backing: { fileName: disc } }])
      const controllers = (await devicesOf(vm)).filter(({ _type }) => _type === 'VirtualAHCIController')
      expect(controllers, what).toHaveLength(1)
    }
  })

  it('leave the image alone when they go, also where their disks are kept', async () => {
    for (const disks of ['delete', 'keep'] as const) {
      const vm = unwrap(await end(port.createVm(await specOf(disks))))
      expect(unwrap(await port.getVm(vm.ref)).disks).toHaveLength(1)
      const options: DeleteOptions = { disks }
      const { removed, left } = unwrap(await end(port.deleteVm(vm.ref, options)))
      expect(removed.length + left.length).toBe(2)
      expect(JSON.stringify([removed, left])).not.toContain('.iso')
      expect(await imageIds()).toContain(image)
    }
  })

  it('are refused without a search where the datastore that is named is out of reach', async () => {
    const stores = unwrap(await port.listDatastores()).items
    const home = stores.find(({ id }) => id === near)?.within.at(-1)
    const far = stores.find(({ within }) => within.at(-1) !== home)
    const spec = await specOf('no', { name: 'installer.iso', within: far?.id ?? '' })
    expect(await end(port.createVm(spec))).toMatchObject({
      error: { code: 'NOT_FOUND', message: expect.stringContaining('not reachable from the place of the VM') },
    })
    expect(simulator.calls('SearchDatastoreSubFolders_Task')).toBe(0)
  })

  it('that fail after they were made are taken back, and the image stays', async () => {
    simulator.faults.failNextTask({ method: 'PowerOnVM_Task', fault: 'InsufficientMemoryResourcesFault' })
    const handles: OperationHandle[] = []
    const onCheckpoint = async (handle: OperationHandle) => {
      handles.push(handle)
    }
    const spec = { ...(await specOf('undone')), powerOn: true }
    expect(await end(port.createVm(spec, { onCheckpoint }))).toMatchObject({ ok: false })
    expect(handles.map(({ cursor }) => cursor.step)).toContain('make')
    expect(named('undone')).toEqual([])
    expect(await imageIds()).toContain(image)
  })
})
