import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createVsphereClient, datastorePath, datastoreUrl, type VsphereClient } from '../src/client/index.js'
import { findVcsim, startVcsim, type Vcsim } from './vcsim/start-vcsim.js'

describe('addresses of files', () => {
  it('encode each name on its own', () => {
    const file = { datacenter: 'a b/DC%2f1', datastore: 'ssd & 1', path: 'iso/größe #1?.iso' }
    expect(datastoreUrl(file)).toBe(
      'https://*/folder/iso/gr%C3%B6%C3%9Fe%20%231%3F.iso?dcPath=a%20b%2FDC%252f1&dsName=ssd%20%26%201',
    )
    expect(datastorePath(file)).toBe('[ssd & 1] iso/größe #1?.iso')
  })
})

describe.skipIf((await findVcsim()) === undefined)('files of a datastore of vcsim', () => {
  let vcsim: Vcsim
  let client: VsphereClient

  beforeAll(async () => {
    vcsim = await startVcsim()
    const { url, thumbprint256: fingerprint256, userName: username, password } = vcsim
    client = createVsphereClient({ url, fingerprint256, auth: { username, password } })
  })
  afterAll(async () => {
    await client?.close()
    await vcsim?.close()
  })

  const place = { datacenter: 'DC0', datastore: 'LocalDS_0' }

  async function* inChunks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
  }

  it('are streamed up with progress, streamed down, listed and deleted', async () => {
    const bytes = randomBytes(1_000_003)
    const file = { ...place, path: 'iso/größe #1 100%.iso' }
    const progress: number[] = []
    await client.upload(
      datastoreUrl(file),
      { size: bytes.length, stream: inChunks(bytes, 100_000) },
      { onProgress: ({ bytes: sent, total }) => progress.push(sent / total) },
    )
    expect(progress).toHaveLength(11)
    expect(progress).toEqual([...progress].sort((one, other) => one - other))
    expect(progress.at(-1)).toBe(1)

    const opened = await client.open(datastoreUrl(file))
    expect(opened.size).toBe(bytes.length)
    const chunks: Uint8Array[] = []
    for await (const chunk of opened.stream) chunks.push(chunk)
    expect(Buffer.concat(chunks).equals(bytes)).toBe(true)

    const browser = await firstBrowser()
    const search = { datastorePath: datastorePath({ ...place, path: 'iso' }), searchSpec: { matchPattern: ['*'] } }
    const listed = await client.run(browser, 'SearchDatastore_Task', search)
    expect(listed?.file?.map((each) => 'path' in each && each.path)).toEqual(['größe #1 100%.iso'])

    const { fileManager } = await client.serviceContent()
    if (fileManager === undefined) throw new Error('a vCenter has a file manager')
    const datacenter = await firstDatacenter()
    await client.run(fileManager, 'DeleteDatastoreFile_Task', { name: datastorePath(file), datacenter })
    await expect(client.open(datastoreUrl(file))).rejects.toMatchObject({ kind: 'not-found', status: 404 })
  })

  it('are not sent twice when they are streams', async () => {
    let begun = 0
    async function* stream(): AsyncGenerator<Uint8Array> {
      begun += 1
      yield Buffer.from('half')
    }
    await vcsim.addTransportFault({ method: '/folder/lost.iso', action: 'lose-answer' })
    await vcsim.resetCounts()
    const url = datastoreUrl({ ...place, path: 'lost.iso' })
    await expect(client.upload(url, { size: 4, stream: stream() })).rejects.toMatchObject({ kind: 'unreachable' })
    expect(begun).toBe(1)
    expect((await vcsim.state()).requests['PUT /folder/lost.iso']).toBe(1)
    await vcsim.clearFaults()
  })

  it('fail with what their stream fails with', async () => {
    async function* stream(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('half')
      throw new RangeError('the disk is gone')
    }
    const url = datastoreUrl({ ...place, path: 'broken.iso' })
    await expect(client.upload(url, { size: 8, stream: stream() })).rejects.toThrow(/the disk is gone/)
  })

  async function firstBrowser() {
    for await (const { browser } of client.retrieve('Datastore', ['browser'])) return browser
    throw new Error('there is a datastore')
  }

  async function firstDatacenter() {
    for await (const { ref } of client.retrieve('Datacenter', ['name'])) return ref
    throw new Error('there is a datacenter')
  }
})
