import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import {
  createVsphereClient,
  type ManagedObjectReference,
  type OvfImport,
  type VsphereClient,
} from '../src/client/index.js'
import { ovfDescriptor } from './ovf-descriptor.js'
import { findVcsim, startVcsim, type Vcsim } from './vcsim/start-vcsim.js'

describe.skipIf((await findVcsim()) === undefined)('an OVF descriptor, at vcsim', () => {
  let vcsim: Vcsim
  let client: VsphereClient
  let place: Pick<OvfImport, 'pool' | 'datastore' | 'folder' | 'networks'>

  beforeAll(async () => {
    vcsim = await startVcsim()
    const { url, thumbprint256: fingerprint256, userName: username, password } = vcsim
    client = createVsphereClient({ url, fingerprint256, auth: { username, password } })
    const [machine] = await vcsim.vms()
    place = {
      pool: await first('ResourcePool'),
      datastore: await first('Datastore'),
      folder: { type: 'Folder', value: machine?.parent ?? '' },
      networks: { frontend: await first('Network') },
    }
  })
  afterEach(() => vcsim.clearFaults())
  afterAll(async () => {
    await client?.close()
    await vcsim?.close()
  })

  async function first(type: 'Datastore' | 'ResourcePool' | 'Network'): Promise<ManagedObjectReference> {
    for await (const { ref } of client.retrieve(type, ['name'])) return ref
    throw new Error(`there is no ${type}`)
  }

  const disk = Buffer.alloc(250_000, 3)

  async function* inChunks(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < disk.length; at += 50_000) yield disk.subarray(at, at + 50_000)
  }

  function order(name: string, rest: Partial<OvfImport> = {}): OvfImport {
    const descriptor = ovfDescriptor(name, 'disk-1.vmdk', disk.length)
    return { ...place, descriptor, name, file: () => ({ size: disk.length, stream: inChunks() }), ...rest }
  }

  it('becomes a VM, with its files moved over a lease that is told how far they are', async () => {
    await vcsim.resetCounts()
    const asked: string[] = []
    const progress: number[] = []
    const machine = await client.importOvf(
      order('imported', {
        file: (path) => {
          asked.push(path)
          return { size: disk.length, stream: inChunks() }
        },
      }),
      { onProgress: ({ bytes, total }) => progress.push(bytes / total) },
    )
    expect(asked).toEqual(['disk-1.vmdk'])
    expect(progress).toEqual([0.2, 0.4, 0.6, 0.8, 1])
    const paths = ['name', 'config.hardware.numCPU', 'config.hardware.memoryMB'] as const
    expect(await client.read(machine, 'VirtualMachine', paths)).toMatchObject({
      name: 'imported',
      'config.hardware.numCPU': 2,
      'config.hardware.memoryMB': 512,
    })
    // The lease is told of the progress beside the transfer, on another connection.
    await expect
      .poll(async () => (await vcsim.state()).requests)
      .toMatchObject({ ImportVApp: 1, HttpNfcLeaseProgress: 1, HttpNfcLeaseComplete: 1 })
    const { requests } = await vcsim.state()
    expect(requests).not.toHaveProperty('HttpNfcLeaseAbort')
    await client.run(machine, 'PowerOnVM_Task')
  })

  it('whose file fails gives the lease up, and tells what the file failed with', async () => {
    await vcsim.resetCounts()
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield disk.subarray(0, 10)
      throw new RangeError('the disk is gone')
    }
    const failing = order('failing', { file: () => ({ size: disk.length, stream: broken() }) })
    await expect(client.importOvf(failing)).rejects.toThrow('the disk is gone')
    const { requests } = await vcsim.state()
    expect(requests).toMatchObject({ HttpNfcLeaseAbort: 1 })
    expect(requests).not.toHaveProperty('HttpNfcLeaseComplete')
  })

  it('whose import is aborted gives the lease up', async () => {
    await vcsim.resetCounts()
    const abort = new AbortController()
    const aborting = order('aborted', {
      file: () => {
        abort.abort()
        return { size: disk.length, stream: inChunks() }
      },
    })
    await expect(client.importOvf(aborting, { signal: abort.signal })).rejects.toMatchObject({ kind: 'aborted' })
    expect((await vcsim.state()).requests).toMatchObject({ HttpNfcLeaseAbort: 1 })
  })

  it('whose lease is lost ends with what the server said about the lease', async () => {
    await vcsim.addFault({ method: 'HttpNfcLeaseProgress', fault: 'Timedout' })
    // Nothing more comes: only the loss of the lease ends this.
    async function* endless(): AsyncGenerator<Uint8Array> {
      yield disk.subarray(0, 10)
      await new Promise(() => {})
    }
    const losing = order('losing', { file: () => ({ size: disk.length, stream: endless() }) })
    await expect(client.importOvf(losing)).rejects.toMatchObject({ faultName: 'Timedout' })
  })

  it('whose name is taken ends with the fault of the lease', async () => {
    const before = (await vcsim.vms()).length
    await client.importOvf(order('taken'))
    await expect(client.importOvf(order('taken'))).rejects.toMatchObject({
      kind: 'already-exists',
      faultName: 'FileAlreadyExists', // vcsim looks at the files first
    })
    expect(await vcsim.vms()).toHaveLength(before + 1)
  })

  it('that is refused starts nothing', async () => {
    await vcsim.addFault({ method: 'ImportVApp', fault: 'DuplicateName', detail: { name: 'imported' } })
    await vcsim.resetCounts()
    await expect(client.importOvf(order('imported'))).rejects.toMatchObject({ kind: 'already-exists' })
    await expect(client.importOvf(order('strange', { descriptor: '<not-ovf/>' }))).rejects.toMatchObject({
      name: 'VsphereError',
    })
    expect((await vcsim.state()).requests).not.toHaveProperty('HttpNfcLeaseComplete')
  })
})
