import { gib, type HypervisorPort, nativeOf, type OperationHandle, unwrap, type VmProvisionSpec } from '@dcm/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { datastoreUrl, reference } from '../../src/client/index.js'
import { vsphere } from '../../src/index.js'
import { callPath, startVsphereSimulator } from '../../src/simulator/index.js'
import { findVcsim } from '../vcsim/start-vcsim.js'
import { connectPort } from './connect-port.js'
import { end } from './end.js'
import { type Server, simulatorServer, vcsimServer } from './servers.js'

type Port = HypervisorPort<typeof vsphere>
type Spec = VmProvisionSpec<typeof vsphere>

const servers = [
  ['the simulator', () => simulatorServer(), true],
  ['a simulated bare host', () => simulatorServer('esxi'), true],
  ['vcsim', () => vcsimServer(), (await findVcsim()) !== undefined],
] as const

for (const [name, start, isHere] of servers) {
  describe.skipIf(!isHere)(`VMs from installation images on ${name}`, () => {
    let server: Server
    let port: Port
    let datastores: readonly { readonly id: string; readonly name: string }[]

    beforeAll(async () => {
      server = await start()
      port = await connectPort(server)
      datastores = unwrap(await port.listDatastores()).items
      for (const { id } of datastores) await put(id, 'installer.iso')
      await put(first(), 'only here.iso')
    })
    afterAll(async () => {
      await port?.close()
      await server?.close()
    })

    const first = () => datastores[0]?.id ?? ''

    async function put(datastore: string, path: string): Promise<void> {
      const client = nativeOf(port, vsphere)
      const { name: store } = await client.read(reference('Datastore', datastore), 'Datastore', ['name'])
      const [datacenter] = unwrap(await port.listDatacenters()).items
      const url = datastoreUrl({ datacenter: datacenter?.name ?? '', datastore: store, path })
      await client.upload(url, Buffer.alloc(1_000, 1))
    }

    const clusters = async () => unwrap(await port.listClusters()).items

    async function specOf(image: { id: string } | { name: string; within?: string }, more: object = {}): Promise<Spec> {
      const [cluster] = (await clusters()).filter(({ synthetic }) => name !== 'vcsim' || synthetic !== true)
      return {
        name: 'installed',
        source: { from: 'image', image, guestOs: 'debian12_64Guest', firmware: 'uefi' },
        cpus: 2,
        memoryBytes: gib(2),
        disks: [{ sizeBytes: gib(8) }],
        placement: { cluster: { id: cluster?.id ?? '' }, datastore: { id: first() } },
        ...more,
      }
    }

    const drivesOf = async (locator: string | undefined) => {
      const vm = reference('VirtualMachine', locator ?? '')
      const client = nativeOf(port, vsphere)
      const read = await client.read(vm, 'VirtualMachine', ['config.hardware.device'])
      return (read['config.hardware.device'] ?? []).flatMap((device) => {
        const { backing } = device._type === 'VirtualCdrom' ? device : {}
        return backing?._type === 'VirtualCdromIsoBackingInfo' ? [backing.fileName] : []
      })
    }

    it('lists images as a source', async () => {
      expect(unwrap(await port.capabilities()).create.sources).toContain('image')
    })

    it('puts one into a drive, by its name or id, and keeps it when the VM goes', async () => {
      for (const image of [{ name: 'only here.iso' }, { id: `${first()}/installer.iso` }]) {
        const spec = await specOf(image)
        const vm = unwrap(await end(port.createVm(spec, { idempotencyKey: JSON.stringify(image) })))
        expect(vm).toMatchObject({ powerState: 'running', firmware: 'uefi', guestOs: 'debian12_64Guest' })
        expect(vm.disks.map(({ capacityBytes }) => capacityBytes)).toEqual([gib(8)])
        const file = 'id' in image ? 'installer.iso' : image.name
        expect(await drivesOf(vm.ref.locator)).toEqual([`[${datastores[0]?.name}] ${file}`])
        unwrap(await end(port.deleteVm(vm.ref, { force: true })))
        const images = unwrap(await unwrap(await port.facet('images')).list({})).items
        expect(images.map(({ id }) => id)).toContain(`${first()}/${file}`)
      }
    })

    it('names what is not there, or not one', async () => {
      const refusals = [
        [{ name: 'nothing.iso' }, 'NOT_FOUND'],
        [{ id: `${first()}/nothing.iso` }, 'NOT_FOUND'],
        [{ id: `${first()}/no/folder.iso` }, 'NOT_FOUND'],
        [{ id: `${first()}/web-01.vmdk` }, 'NOT_FOUND'],
        [{ id: `${first()}/./installer.iso` }, 'NOT_FOUND'],
        [{ id: 'datastore-none/installer.iso' }, 'NOT_FOUND'],
        ...(datastores.length > 1 ? [[{ name: 'installer.iso' }, 'AMBIGUOUS'] as const] : []),
      ] as const
      for (const [image, code] of refusals) {
        const refused = await end(port.createVm(await specOf(image)))
        expect(refused).toMatchObject({ ok: false, error: { code, message: expect.stringContaining('source.image') } })
      }
      const within = { name: 'installer.iso', within: datastores[0]?.name ?? '' }
      unwrap(await end(port.deleteVm(unwrap(await end(port.createVm(await specOf(within)))).ref, { force: true })))
    })

    it('makes nothing when the image goes between the plan and the making', async () => {
      await put(first(), 'short lived.iso')
      const id = `${first()}/short lived.iso`
      const spec = await specOf({ id }, { name: 'too late' })
      const images = unwrap(await port.facet('images'))
      let deleted = false
      const onCheckpoint = async ({ cursor }: OperationHandle) => {
        if (cursor.step !== 'make' || deleted) return
        deleted = true
        unwrap(await end(images.delete({ image: { id } })))
      }
      expect(await end(port.createVm(spec, { onCheckpoint }))).toMatchObject({
        ok: false,
        error: { code: 'NOT_FOUND', message: expect.stringContaining(`${id} was removed meanwhile`) },
      })
      expect(unwrap(await port.listVms()).items.map((vm) => vm.name)).not.toContain('too late')
    })

    it.skipIf(name === 'vcsim')('makes one VM though the answer was lost', async () => {
      const { simulator } = server
      if (simulator === undefined) throw new Error('this server loses no answers')
      simulator.faults.add({ match: { path: callPath('CreateVM_Task'), times: 1 }, action: { type: 'drop-after' } })
      const spec = await specOf({ id: `${first()}/installer.iso` }, { name: 'lost' })
      const vm = unwrap(await end(port.createVm(spec, { idempotencyKey: 'lost' })))
      expect(simulator.vms().filter((each) => each.name === 'lost')).toHaveLength(1)
      expect(await drivesOf(vm.ref.locator)).toHaveLength(1)
    })
  })
}

describe('VMs from installation images', () => {
  it('are made from ISO items of content libraries too', async () => {
    const server = await simulatorServer()
    const port = await connectPort(server)
    try {
      const { rest } = nativeOf(port, vsphere)
      const [library = ''] = await rest.request('POST /content/library?action=find', { name: 'golden' })
      const order = { library_id: library, name: 'netboot', type: 'iso' }
      const item = await rest.request('POST /content/library/item', order)
      await rest.uploadItem({ item, files: { 'netboot.iso': Buffer.alloc(1_000, 1) } })
      for (const image of [{ id: `library-item:${item}` }, { name: 'netboot' }]) {
        const source = { from: 'image', image } as const
        const sizes = { cpus: 1, memoryBytes: gib(1), placement: { datastore: { name: 'datastore1' } } }
        const vm = unwrap(await end(port.createVm({ name: 'netbooted', source, powerOn: false, ...sizes })))
        const read = await nativeOf(port, vsphere).read(
          reference('VirtualMachine', vm.ref.locator ?? ''),
          'VirtualMachine',
          ['config.hardware.device'],
        )
        expect(JSON.stringify(read)).toContain(`[datastore1] contentlib-${library}/${item}/netboot.iso`)
        unwrap(await end(port.deleteVm(vm.ref)))
      }
    } finally {
      await port.close()
      await server.close()
    }
  })

  it('are refused where the image lies out of reach of the place, or nobody could look', async () => {
    const simulator = await startVsphereSimulator({ speed: 100, seed: { clusters: 2, datacenters: 2 } })
    const port = await connectPort({ ...simulator, ...simulator.credentials })
    try {
      const datastores = unwrap(await port.listDatastores()).items
      const [cluster] = unwrap(await port.listClusters()).items
      const far = datastores.find(({ within }) => within.at(-1) !== cluster?.within.at(-1))
      const near = datastores.find(({ within }) => within.at(-1) === cluster?.within.at(-1))
      const spec = (image: { id: string } | { name: string }) => ({
        name: 'no',
        source: { from: 'image', image } as const,
        cpus: 1,
        memoryBytes: gib(1),
        placement: { cluster: { id: cluster?.id ?? '' }, datastore: { id: near?.id ?? '' } },
      })
      const refused = await end(port.createVm(spec({ id: `${far?.id}/installer.iso` })))
      expect(refused).toMatchObject({ error: { code: 'NOT_FOUND', message: expect.stringContaining('not reachable') } })
      simulator.faults.failNextTask({ method: 'SearchDatastoreSubFolders_Task', fault: 'InaccessibleDatastore' })
      const unsearched = await end(port.createVm(spec({ name: 'installer.iso' })))
      expect(unsearched).toMatchObject({
        error: { code: 'NOT_FOUND', message: expect.stringContaining('not searched, as it failed: datastore-') },
      })
      expect(simulator.calls('CreateVM_Task')).toBe(0)
    } finally {
      await port.close()
      await simulator.close()
    }
  })
})
