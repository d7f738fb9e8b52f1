import { createHash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server as HttpServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type HypervisorPort, nativeOf, type Result, unwrap } from '@dcm/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { datastoreUrl } from '../../src/client/index.js'
import { vsphere } from '../../src/index.js'
import { callPath } from '../../src/simulator/index.js'
import { findVcsim } from '../vcsim/start-vcsim.js'
import { connectPort } from './connect-port.js'
import { type Server, simulatorServer, vcsimServer } from './servers.js'

type Port = HypervisorPort<typeof vsphere>

type Started<T> = Promise<Result<{ wait(): Promise<Result<T>> }>>

async function ended<T>(started: Started<T>): Promise<Result<T>> {
  const operation = await started
  return operation.ok ? operation.value.wait() : operation
}

const bytes = Buffer.alloc(200_000, 7)
const servers = [
  ['the simulator', () => simulatorServer(), true],
  ['a simulated bare host', () => simulatorServer('esxi'), true],
  ['vcsim', () => vcsimServer(), (await findVcsim()) !== undefined],
] as const

for (const [name, start, isHere] of servers) {
  describe.skipIf(!isHere)(`the facet images on ${name}`, () => {
    let server: Server
    let web: HttpServer
    let address: string
    let port: Port
    let folder: string
    let file: string
    let datastore: { readonly id: string }

    beforeAll(async () => {
      server = await start()
      port = await connectPort(server)
      folder = await mkdtemp(join(tmpdir(), 'dcm-images-'))
      file = join(folder, 'some.iso')
      await writeFile(file, bytes)
      web = createServer(({ url }, response) => {
        if (url === '/some.iso') response.writeHead(200, { 'content-length': bytes.length }).end(bytes)
        else if (url === '/endless.iso') response.writeHead(200).end(bytes)
        else response.writeHead(404).end()
      })
      await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve))
      const bound = web.address()
      address = `http://127.0.0.1:${typeof bound === 'object' ? bound?.port : ''}`
      datastore = { id: unwrap(await port.listDatastores()).items[0]?.id ?? '' }
    })
    afterAll(async () => {
      await port?.close()
      await server?.close()
      web?.close()
      await rm(folder, { recursive: true, force: true })
    })

    const facet = async () => unwrap(await port.facet('images'))
    const names = async () => {
      const page = unwrap(await (await facet()).list())
      expect(page.complete).toBe(true)
      return page.items.map((image) => image.name)
    }

    it('uploads a file into a folder, lists it and deletes it', async () => {
      const images = await facet()
      const order = { name: 'iso/new/größe #1.iso', datastore, source: { from: 'file', path: file } } as const
      const image = unwrap(await ended(images.upload(order)))
      const id = `${datastore.id}/iso/new/größe #1.iso`
      expect(image).toEqual({ id, name: order.name, datastore: datastore.id, sizeBytes: bytes.length })
      expect(unwrap(await images.list()).items).toEqual([image])
      expect(await ended(images.upload(order))).toMatchObject({
        error: { code: 'ALREADY_EXISTS', details: { existingId: id } },
      })
      expect(unwrap(await ended(images.delete({ image: { name: order.name } })))).toEqual({ removed: [id], left: [] })
      expect(unwrap(await ended(images.delete({ image: { id } })))).toEqual({ removed: [], left: [] })
      expect(unwrap(await ended(images.delete({ image: { name: order.name } })))).toEqual({ removed: [], left: [] })
      expect(await names()).toEqual([])
    })

    it('fetches from an address, and leaves nothing of what is not what was said', async () => {
      const images = await facet()
      const sha256 = createHash('sha256').update(bytes).digest('hex')
      const from = (path: string, digest?: string) => ({
        from: 'url' as const,
        url: `${address}${path}`,
        ...(digest && { sha256: digest }),
      })
      const upload = (source: ReturnType<typeof from>) =>
        ended(images.upload({ name: 'fetched.iso', datastore, source }))
      expect(await upload(from('/some.iso', '0'.repeat(64)))).toMatchObject({ error: { code: 'INVALID_ARGUMENT' } })
      expect(await upload(from('/none.iso'))).toMatchObject({ error: { code: 'NOT_FOUND' } })
      expect(await upload(from('/endless.iso'))).toMatchObject({ error: { code: 'FAILED_PRECONDITION' } })
      expect(await names()).toEqual([])
      expect(unwrap(await upload(from('/some.iso', sha256)))).toMatchObject({ sizeBytes: bytes.length })
      const [place] = unwrap(await port.listDatastores()).items
      const [center] = unwrap(await port.listDatacenters()).items
      const url = datastoreUrl({ datacenter: center?.name ?? '', datastore: place?.name ?? '', path: 'fetched.iso' })
      expect((await nativeOf(port, vsphere).download(url)).bytes.length).toBe(bytes.length)
      unwrap(await ended(images.delete({ image: { name: 'fetched.iso' } })))
    })

    it('lets one of two uploads of one name win', async () => {
      const images = await facet()
      const order = { name: 'twice.iso', datastore, source: { from: 'file', path: file } } as const
      const both = await Promise.all([ended(images.upload(order)), ended(images.upload(order))])
      expect(both.filter(({ ok }) => ok)).toHaveLength(1)
      expect(both.find(({ ok }) => !ok)).toMatchObject({ error: { code: 'ALREADY_EXISTS' } })
      expect(await names()).toEqual(['twice.iso'])
      unwrap(await ended(images.delete({ image: { name: 'twice.iso' } })))
    })

    it('refuses names that are none, and datastores that are not there', async () => {
      const images = await facet()
      for (const wrong of ['no-image.txt', '/rooted.iso', 'a/../b.iso', 'a//b.iso']) {
        const order = { name: wrong, datastore, source: { from: 'file', path: file } } as const
        expect(await ended(images.upload(order))).toMatchObject({ error: { code: 'INVALID_ARGUMENT' } })
      }
      const nowhere = { name: 'a.iso', datastore: { name: 'none' }, source: { from: 'file', path: file } } as const
      expect(await ended(images.upload(nowhere))).toMatchObject({ error: { code: 'NOT_FOUND' } })
      const missing = { name: 'a.iso', datastore, source: { from: 'file', path: `${file}.none` } } as const
      expect(await ended(images.upload(missing))).toMatchObject({ error: { code: 'NOT_FOUND' } })
      const disk = { id: `${datastore.id}/vm/vm.vmdk` }
      expect(await ended(images.delete({ image: disk }))).toMatchObject({ error: { code: 'NOT_FOUND' } })
    })
  })
}

describe('an upload whose naming lost its answer', () => {
  it('is done once, and nothing of it is left beside the image', async () => {
    const server = await simulatorServer()
    const port = await connectPort(server)
    const folder = await mkdtemp(join(tmpdir(), 'dcm-images-'))
    try {
      const path = join(folder, 'a.iso')
      await writeFile(path, bytes)
      const match = { path: callPath('MoveDatastoreFile_Task'), times: 1 }
      server.simulator?.faults.add({ match, action: { type: 'drop-after' } })
      const images = unwrap(await port.facet('images'))
      const [store] = unwrap(await port.listDatastores()).items
      const order = { name: 'a.iso', datastore: { id: store?.id ?? '' }, source: { from: 'file', path } } as const
      expect(unwrap(await ended(images.upload(order)))).toMatchObject({ name: 'a.iso', sizeBytes: bytes.length })
      expect(server.simulator?.calls('MoveDatastoreFile_Task')).toBe(1)
      expect(unwrap(await images.list()).items).toHaveLength(1)
    } finally {
      await port.close()
      await server.close()
      await rm(folder, { recursive: true })
    }
  })
})
