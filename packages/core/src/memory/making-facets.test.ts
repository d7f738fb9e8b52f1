import { createHash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { OperationHandle } from '../operations/handle.js'
import { unwrap } from '../result.js'
import { errorOf } from '../testing/connect-fake.js'
import { gib } from '../units.js'
import { failure, finish, openLab } from './testing/lab.js'

describe('reset', () => {
  it('boots a running VM anew without switching it off, and only that', async () => {
    await using lab = await openLab()
    const { ref, control, id } = lab
    const { reset } = unwrap(await lab.port.facet('reset'))
    expect((await failure(reset({ ref }))).code).toBe('FAILED_PRECONDITION')
    await lab.run()
    // The guest would ignore a request.
    control.guest(id, { obeys: false })
    const boots = () => control.vms().find((vm) => vm.id === id)?.boots ?? 0
    const before = boots()
    expect(await finish(reset({ ref }))).toMatchObject({ powerState: 'running' })
    expect(boots()).toBe(before + 1)
    expect(control.count({ call: 'vm.halt' })).toBe(0)
  })

  it('is pressed once, though the answer is lost', async () => {
    await using lab = await openLab()
    const { reset } = unwrap(await lab.port.facet('reset'))
    const ref = await lab.run()
    lab.control.loseReply('vm.reset')
    await finish(reset({ ref }))
    expect(lab.control.count({ call: 'vm.reset', carriedOut: true })).toBe(1)
  })
})

describe('clone', () => {
  it('makes a stopped VM like this one, elsewhere if told so', async () => {
    await using lab = await openLab()
    const { clone } = unwrap(await lab.port.facet('clone'))
    const ref = await lab.run()
    const source = unwrap(await lab.port.getVm(ref))
    const placement = { host: { name: 'beta' }, datastore: { name: 'bulk' }, resourcePool: { name: 'default' } }
    const copy = await finish(clone({ ref, name: 'web-2', placement }))
    expect(copy).toMatchObject({
      name: 'web-2',
      powerState: 'stopped',
      host: 'host-2',
      resourcePool: 'pool-1',
      cpus: source.cpus,
      tags: ['old'],
      disks: [{ key: 'disk0', capacityBytes: gib(8), datastore: 'store-2' }],
      nics: [{ network: 'net-1' }],
    })
    expect(copy.nics[0]?.macAddress).not.toBe(source.nics[0]?.macAddress)
    expect(copy.disks[0]?.path).not.toBe(source.disks[0]?.path)
    expect(unwrap(await lab.port.getVm(ref)).powerState).toBe('running')
  })

  it('makes one VM a key, also after a lost answer and in another process', async () => {
    await using lab = await openLab()
    const { ref, control } = lab
    const { clone } = unwrap(await lab.port.facet('clone'))
    control.loseReply('vm.copy')
    const handles: OperationHandle[] = []
    const onCheckpoint = (handle: OperationHandle) => void handles.push(structuredClone(handle))
    const first = await clone({ ref, name: 'once' }, { idempotencyKey: 'k', onCheckpoint })
    const stored = handles[0] as OperationHandle<'clone.clone'>
    const made = await finish(lab.port.resumeOperation(stored))
    expect((await finish(Promise.resolve(first))).ref.id).toBe(made.ref.id)
    const again = await finish(clone({ ref, name: 'once' }, { idempotencyKey: 'k' }))
    expect(again.ref.id).toBe(made.ref.id)
    expect(control.vms().filter(({ name }) => name === 'once')).toHaveLength(1)
    const other = await failure(clone({ ref, name: 'other' }, { idempotencyKey: 'k' }))
    expect(other).toMatchObject({ code: 'ALREADY_EXISTS', details: { reason: 'idempotency-key' } })
  })

  it('leaves nothing when it fails or is cancelled', async () => {
    await using lab = await openLab()
    const { ref, control } = lab
    const { clone } = unwrap(await lab.port.facet('clone'))
    const volumes = control.volumes().length
    control.failTask('vm.copy', 'the store broke')
    expect((await failure(clone({ ref, name: 'broken' }))).message).toContain('the store broke')
    const cancelled = unwrap(await clone({ ref, name: 'cancelled' }))
    expect(unwrap(await cancelled.cancel())).toBe('cancelled')
    expect(control.vms().map(({ name }) => name)).toEqual(['web-1'])
    expect(control.volumes()).toHaveLength(volumes)
  })

  it('shares blocks when linked, which keeps its source from being removed', async () => {
    await using lab = await openLab()
    const { ref, control } = lab
    const { clone } = unwrap(await lab.port.facet('clone'))
    const linked = await finish(clone({ ref, name: 'linked', mode: 'linked' }))
    const base = control.vms().find(({ id }) => id === ref.id)?.disks[0]?.volume
    expect(control.volumes().find(({ id }) => id === linked.disks[0]?.path)?.base).toBe(base)
    const refusal = { code: 'FAILED_PRECONDITION', details: { reason: 'in-use' } }
    expect(await failure(lab.port.deleteVm(ref))).toMatchObject(refusal)
    const disks = unwrap(await lab.port.facet('disks'))
    expect(await failure(disks.detach({ ref, key: 'disk0', delete: true }))).toMatchObject(refusal)
    await finish(lab.port.deleteVm(linked.ref))
    expect((await finish(lab.port.deleteVm(ref))).left).toEqual([])
  })

  it('copies a snapshot as it was', async () => {
    await using lab = await openLab()
    const { ref } = lab
    const { clone } = unwrap(await lab.port.facet('clone'))
    const snapshots = unwrap(await lab.port.facet('snapshots'))
    const reconfigure = unwrap(await lab.port.facet('reconfigure'))
    const small = await finish(snapshots.create({ ref, name: 'small' }))
    await finish(reconfigure.apply({ ref, cpus: 8 }))
    expect((await finish(clone({ ref, name: 'then', snapshot: small.id }))).cpus).toBe(2)
    expect((await finish(clone({ ref, name: 'now' }))).cpus).toBe(8)
    expect((await failure(clone({ ref, name: 'never', snapshot: 'none' }))).code).toBe('NOT_FOUND')
  })

  it('tells everything that is not there at once, before any write', async () => {
    await using lab = await openLab()
    const { ref, control } = lab
    const { clone } = unwrap(await lab.port.facet('clone'))
    control.clearLog()
    const placement = { host: { name: 'no' }, datastore: { name: 'no' }, resourcePool: { name: 'no' } }
    const error = await failure(clone({ ref, name: 'x', placement }))
    if (error.code !== 'NOT_FOUND') throw error
    expect(error.details.missing.map(({ kind }) => kind)).toEqual(['host', 'datastore', 'resource-pool'])
    expect((await failure(clone({ ref, name: 'x'.repeat(81) }))).code).toBe('INVALID_ARGUMENT')
    expect((await failure(clone({ ref, name: 'x', mode: 'instant' }))).code).toBe('UNSUPPORTED')
    expect(control.count({ mutation: true })).toBe(0)
  })
})

describe('templates', () => {
  it('are made of stopped VMs, and made VMs again', async () => {
    await using lab = await openLab()
    const { port, control, ref } = lab
    const templates = unwrap(await port.facet('templates'))
    await lab.run()
    expect((await failure(templates.fromVm({ ref }))).code).toBe('FAILED_PRECONDITION')
    await finish(port.stopVm(ref, { mode: 'hard' }))
    const template = await finish(templates.fromVm({ ref }))
    expect(template).toMatchObject({ kind: 'template', id: ref.id, name: 'web-1', diskBytes: gib(8) })
    expect(unwrap(await port.listVms()).items).toEqual([])
    const source = { from: 'template', template: { id: template.id } } as const
    const vm = await finish(port.createVm({ name: 'from-it', source, powerOn: false }))
    expect(vm.disks[0]?.capacityBytes).toBe(gib(8))
    control.clearLog()
    expect((await finish(templates.fromVm({ ref }))).id).toBe(template.id)
    expect(await finish(templates.toVm({ template: { name: 'web-1' } }))).toMatchObject({ name: 'web-1' })
    expect(await finish(templates.toVm({ template: { id: template.id } }))).toMatchObject({ powerState: 'stopped' })
    // What is so already is no write.
    expect(control.count({ call: 'vm.convert' })).toBe(1)
    expect((await failure(templates.toVm({ template: { name: 'web-1' } }))).code).toBe('NOT_FOUND')
  })

  it('are not removed while linked clones need them; gone already is success', async () => {
    await using lab = await openLab()
    const { port, control } = lab
    const templates = unwrap(await port.facet('templates'))
    const template = { name: 'debian-13' }
    const source = { from: 'template', template, clone: 'linked' } as const
    const linked = await finish(port.createVm({ name: 'linked', source, powerOn: false }))
    const refusal = { code: 'FAILED_PRECONDITION', details: { reason: 'in-use' } }
    expect(await failure(templates.delete({ template }))).toMatchObject(refusal)
    expect(await failure(templates.toVm({ template }))).toMatchObject(refusal)
    await finish(port.deleteVm(linked.ref))
    const volumes = control.volumes().length
    control.loseReply('template.drop')
    const report = await finish(templates.delete({ template }))
    expect(report).toMatchObject({ removed: ['vm-9001', expect.stringMatching(/^vol-/)], left: [] })
    expect(control.volumes()).toHaveLength(volumes - 1)
    expect(await finish(templates.delete({ template }))).toEqual({ removed: [], left: [] })
  })
})

describe('images', () => {
  it('are uploaded from files, once under a name, and VMs are made from them', async () => {
    await using lab = await openLab()
    const { port, control } = lab
    const images = unwrap(await port.facet('images'))
    const folder = await mkdtemp(join(tmpdir(), 'dcm-images-'))
    try {
      const path = join(folder, 'tiny.iso')
      await writeFile(path, Buffer.alloc(300_000, 7))
      const upload = { name: 'tiny.iso', datastore: { name: 'bulk' }, source: { from: 'file', path } } as const
      control.loseReply('image.put')
      const image = await finish(images.upload(upload))
      expect(image).toMatchObject({ name: 'tiny.iso', datastore: 'store-2', sizeBytes: 300_000 })
      expect(unwrap(await images.list()).items.map(({ name }) => name)).toEqual(['debian-13.iso', 'tiny.iso'])
      expect(await failure(images.upload(upload))).toMatchObject({
        code: 'ALREADY_EXISTS',
        details: { reason: 'name' },
      })
      const source = { from: 'image', image: { name: 'tiny.iso' } } as const
      const spec = { name: 'installed', source, cpus: 1, memoryBytes: gib(1), disks: [{ sizeBytes: gib(4) }] }
      const vm = await finish(port.createVm(spec))
      const inUse = { code: 'FAILED_PRECONDITION', details: { reason: 'in-use' } }
      expect(await failure(images.delete({ image: { id: image.id } }))).toMatchObject(inUse)
      await finish(port.stopVm(vm.ref, { mode: 'hard' }))
      expect(await finish(images.delete({ image: { id: image.id } }))).toEqual({ removed: [image.id], left: [] })
      expect(await finish(images.delete({ image: { name: 'tiny.iso' } }))).toEqual({ removed: [], left: [] })
      const nowhere = { ...upload, source: { from: 'file', path: join(folder, 'none') } } as const
      expect((await failure(images.upload(nowhere))).code).toBe('NOT_FOUND')
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  it('are uploaded from addresses, when they are the ones that were meant', async () => {
    await using lab = await openLab()
    const images = unwrap(await lab.port.facet('images'))
    const bytes = Buffer.from('an image')
    const server = createServer((request, response) => {
      response.writeHead(request.url === '/image' ? 200 : 404).end(bytes)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    try {
      const { port } = server.address() as AddressInfo
      const url = `http://127.0.0.1:${port}/image`
      const sha256 = createHash('sha256').update(bytes).digest('hex')
      const upload = { name: 'far.img', datastore: { name: 'fast' } }
      const wrong = await failure(images.upload({ ...upload, source: { from: 'url', url, sha256: '0'.repeat(64) } }))
      expect(wrong).toMatchObject({ code: 'INVALID_ARGUMENT', details: { problems: [{ path: 'source.sha256' }] } })
      const gone = await failure(images.upload({ ...upload, source: { from: 'url', url: `${url}s` } }))
      expect(gone).toMatchObject({ code: 'NOT_FOUND', outcome: 'not-started' })
      const image = await finish(images.upload({ ...upload, source: { from: 'url', url, sha256 } }))
      expect(image.sizeBytes).toBe(bytes.length)
    } finally {
      server.closeAllConnections()
      server.close()
    }
  })

  it('are not kept when the upload is cancelled, or when there is no room', async () => {
    await using lab = await openLab()
    const images = unwrap(await lab.port.facet('images'))
    const source = { from: 'file', path: import.meta.filename } as const
    const given = { name: 'x.img', datastore: { name: 'fast' }, source }
    const cancelled = unwrap(await images.upload(given))
    expect(unwrap(await cancelled.cancel())).toBe('cancelled')
    lab.control.freeBytes('store-1', 10)
    expect((await failure(images.upload(given))).code).toBe('RESOURCE_EXHAUSTED')
    expect(unwrap(await images.list()).items.map(({ name }) => name)).toEqual(['debian-13.iso'])
  })
})

describe('folders', () => {
  it('lie in folders, hold VMs, and are removed when they are empty', async () => {
    await using lab = await openLab()
    const { port, control, id, ref } = lab
    const folders = unwrap(await port.facet('folders'))
    const filed = () => control.vms().find((vm) => vm.id === id)?.folder
    const top = await finish(folders.create({ name: 'prod' }))
    control.loseReply('folder.put')
    const inner = await finish(folders.create({ name: 'web', parent: { name: 'prod' } }))
    expect(inner).toMatchObject({ name: 'web', parent: top.id })
    expect(unwrap(await folders.list()).items).toEqual([top, inner])
    const twice = await failure(folders.create({ name: 'web', parent: { id: top.id } }))
    expect(twice).toMatchObject({ code: 'ALREADY_EXISTS', details: { reason: 'name' } })
    const other = await finish(folders.create({ name: 'web' }))
    expect((await failure(folders.move({ ref, folder: { name: 'web' } }))).code).toBe('AMBIGUOUS')
    await finish(folders.move({ ref, folder: { name: 'web', within: 'prod' } }))
    expect(filed()).toBe(inner.id)
    await finish(folders.move({ ref, folder: { id: other.id } }))
    expect(filed()).toBe(other.id)
    const inUse = { code: 'FAILED_PRECONDITION', details: { reason: 'in-use' } }
    expect(await failure(folders.delete({ folder: { id: top.id } }))).toMatchObject(inUse)
    expect(await failure(folders.delete({ folder: { id: other.id } }))).toMatchObject(inUse)
    expect(await finish(folders.delete({ folder: { id: inner.id } }))).toEqual({ removed: [inner.id], left: [] })
    expect(await finish(folders.delete({ folder: { id: inner.id } }))).toEqual({ removed: [], left: [] })
    const error = await failure(folders.create({ name: 'x', parent: { name: 'none' } }))
    expect(error).toMatchObject({ code: 'NOT_FOUND', details: { missing: [{ kind: 'folder', path: 'parent' }] } })
  })
})

describe('an endpoint without a facet', () => {
  it('says so, with the reason', async () => {
    await using lab = await openLab({ without: ['folders', 'guest'] })
    const { facets, missingFacets } = unwrap(await lab.port.capabilities())
    expect(facets).not.toContain('folders')
    expect(missingFacets.guest).toContain('no licence')
    const error = errorOf(await lab.port.facet('folders'))
    expect(error).toMatchObject({ code: 'UNSUPPORTED', details: { feature: 'folders' } })
    expect(error.message).toContain('no licence')
  })
})
