import type { FacetName } from '../../../model/facets/facets.js'
import type { HypervisorPort } from '../../../port.js'
import type { Result } from '../../../result.js'
import { value } from '../../assert.js'
import type { CheckContext } from '../../check.js'
import { ending } from './facet-of.js'

/** Calls every method of a facet once, with arguments that make sense; what each answered, by the method's name. */
export type FacetProbe = (
  port: HypervisorPort,
  context: CheckContext,
) => Promise<Readonly<Record<string, Result<unknown>>>>

/** For check 4. */
export const facetProbes: { readonly [K in FacetName]: FacetProbe } = {
  async snapshots(port, { create }) {
    const snapshots = value(await port.facet('snapshots'), 'snapshots')
    const { ref } = await create(port, 'probe', { powerOn: false })
    const made = await ending(snapshots.create({ ref, name: 'probe' }))
    const list = await snapshots.list({ ref })
    const snapshot = list.ok ? (list.value.snapshots[0]?.id ?? '') : ''
    const revert = await ending(snapshots.revert({ ref, snapshot }))
    return { create: made, list, revert, delete: await ending(snapshots.delete({ ref, snapshot })) }
  },
  async reconfigure(port, { create }) {
    const reconfigure = value(await port.facet('reconfigure'), 'reconfigure')
    const { ref, cpus } = await create(port, 'probe', { powerOn: false })
    const changes = { ref, cpus: cpus + 1 }
    return { preview: await reconfigure.preview(changes), apply: await ending(reconfigure.apply(changes)) }
  },
  async disks(port, { create, capabilities }) {
    const disks = value(await port.facet('disks'), 'disks')
    const { ref, disks: own } = await create(port, 'probe', { powerOn: false })
    const { diskBytes } = (await capabilities()).granularity
    const sizeBytes = Math.ceil(2 ** 30 / diskBytes) * diskBytes
    const attach = await ending(disks.attach({ ref, disk: { sizeBytes } }))
    const before = new Set(own.map(({ key }) => key))
    const key = value(await port.getVm(ref), 'getVm').disks.find((disk) => !before.has(disk.key))?.key ?? 'none'
    const grow = await ending(disks.grow({ ref, key, sizeBytes: sizeBytes + diskBytes }))
    return { attach, grow, detach: await ending(disks.detach({ ref, key, delete: true })) }
  },
  async nics(port, { create }) {
    const nics = value(await port.facet('nics'), 'nics')
    const { ref } = await create(port, 'probe', { powerOn: false })
    const network = { id: value(await port.listNetworks(), 'networks').items[0]?.id ?? 'none' }
    const add = await ending(nics.add({ ref, nic: { network } }))
    const key = value(await port.getVm(ref), 'getVm').nics.at(-1)?.key ?? 'none'
    const change = await ending(nics.change({ ref, key, connected: false }))
    return { add, change, remove: await ending(nics.remove({ ref, key })) }
  },
  async suspend(port, { create }) {
    const { suspend } = value(await port.facet('suspend'), 'suspend')
    const { ref } = await create(port, 'probe', { powerOn: true })
    const disk = await ending(suspend({ ref, to: 'disk' }))
    if (disk.ok) return { suspend: disk }
    return { suspend: await ending(suspend({ ref, to: 'memory' })) }
  },
  async migrate(port, { create }) {
    const { migrate } = value(await port.facet('migrate'), 'migrate')
    const { ref, host = 'none' } = await create(port, 'probe', { powerOn: false })
    const other = value(await port.listHosts(), 'hosts').items.find(({ id, status }) => id !== host && status === 'up')
    return { migrate: await ending(migrate({ ref, host: { id: other?.id ?? host } })) }
  },
  async console(port, { create }) {
    const { open } = value(await port.facet('console'), 'console')
    const { ref } = await create(port, 'probe', { powerOn: true })
    return { open: await open({ ref, kind: 'screen' }) }
  },
  async tags(port, { create }) {
    const tags = value(await port.facet('tags'), 'tags')
    const { ref } = await create(port, 'probe', { powerOn: false })
    return { set: await ending(tags.set({ ref, tags: ['probe'] })), list: await tags.list() }
  },
  async reset(port, { create }) {
    const { reset } = value(await port.facet('reset'), 'reset')
    const { ref } = await create(port, 'probe', { powerOn: true })
    return { reset: await ending(reset({ ref })) }
  },
  async clone(port, { create, spec }) {
    const { clone } = value(await port.facet('clone'), 'clone')
    const { ref } = await create(port, 'probe', { powerOn: false })
    return { clone: await ending(clone({ ref, name: spec('probe').name })) }
  },
  async guest(port, { create, harness }) {
    const guest = value(await port.facet('guest'), 'guest')
    const { ref } = await create(port, 'probe', { powerOn: true })
    const { command = ['true'], path = '/tmp/probe', login } = harness.scenario.guest ?? {}
    const at = { ref, ...(login && { login }) }
    return {
      info: await guest.info({ ref }),
      exec: await ending(guest.exec({ ...at, command })),
      writeFile: await guest.writeFile({ ...at, path, dataBase64: 'cHJvYmU=' }),
      readFile: await guest.readFile({ ...at, path }),
    }
  },
  async metrics(port, { create }) {
    const metrics = value(await port.facet('metrics'), 'metrics')
    const { ref } = await create(port, 'probe', { powerOn: true })
    return { query: await metrics.query({ target: { vm: ref }, metrics: ['cpu.usage', 'memory.used'] }) }
  },
  async images(port) {
    const images = value(await port.facet('images'), 'images')
    const stores = value(await port.listDatastores(), 'datastores').items
    const datastore = { id: stores.find(({ content }) => content.includes('images'))?.id ?? 'none' }
    const [{ mkdtemp, rm, writeFile }, { tmpdir }, { join }] = await Promise.all([
      import('node:fs/promises'),
      import('node:os'),
      import('node:path'),
    ])
    const folder = await mkdtemp(join(tmpdir(), 'dcm-conformance-'))
    const [name, path] = ['kit-probe.iso', join(folder, 'kit-probe.iso')]
    await writeFile(path, Buffer.alloc(65_536, 1))
    const upload = await ending(images.upload({ name, datastore, source: { from: 'file', path } }))
    await rm(folder, { recursive: true })
    return { list: await images.list(), upload, delete: await ending(images.delete({ image: { name } })) }
  },
  async templates(port, { create }) {
    const templates = value(await port.facet('templates'), 'templates')
    const { ref } = await create(port, 'probe', { powerOn: false })
    const template = { id: ref.id }
    const fromVm = await ending(templates.fromVm({ ref }))
    const toVm = await ending(templates.toVm({ template }))
    if (toVm.ok) await ending(templates.fromVm({ ref }))
    // Some platforms have no way back, which the facet's own rules allow.
    const back = !toVm.ok && toVm.error.code === 'UNSUPPORTED' ? {} : { toVm }
    return { fromVm, ...back, delete: await ending(templates.delete({ template })) }
  },
  async folders(port, { create, spec }) {
    const folders = value(await port.facet('folders'), 'folders')
    const vm = await create(port, 'probe', { powerOn: false })
    const { name } = spec('folder')
    const made = await ending(folders.create({ name }))
    const move = await ending(folders.move({ ref: vm.ref, folder: { name } }))
    await ending(port.deleteVm(vm.ref))
    return {
      create: made,
      list: await folders.list(),
      move,
      delete: await ending(folders.delete({ folder: { name } })),
    }
  },
  async events(port) {
    const events = value(await port.facet('events'), 'events')
    return { next: await events.next() }
  },
}
