import { createHash } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import {
  createVsphereClient,
  type ManagedObjectReference,
  type OvfExport,
  reference,
  type VsphereClient,
} from '../src/client/index.js'
import { startVsphereSimulator, type VsphereSimulator } from '../src/simulator/index.js'
import { ovfDescriptor } from './ovf-descriptor.js'

// vcsim has none of ExportVm, CreateDescriptor and ParseDescriptor.
describe('a VM that is exported', () => {
  let simulator: VsphereSimulator
  let client: VsphereClient
  let entity: ManagedObjectReference

  beforeAll(async () => {
    simulator = await startVsphereSimulator({ speed: 100, seed: { running: false } })
    const { url, fingerprint256, credentials } = simulator
    client = createVsphereClient({ url, fingerprint256, auth: credentials })
    const machine = simulator.vms().find(({ template, diskFiles }) => !template && diskFiles.length > 0)
    entity = reference('VirtualMachine', machine?.ref ?? '')
  })
  afterEach(() => simulator.faults.clear())
  afterAll(async () => {
    await client?.close()
    await simulator?.close()
  })

  /** What came of each file, and in how many pieces. */
  function collecting(name = 'web/01') {
    const files = new Map<string, { sha256: string; size: number; chunks: number }>()
    const order: OvfExport = {
      entity,
      name,
      description: 'as it was in spring',
      async file({ path }, stream) {
        const digest = createHash('sha256')
        let [size, chunks] = [0, 0]
        for await (const chunk of stream) {
          digest.update(chunk)
          size += chunk.byteLength
          chunks += 1
        }
        files.set(path, { sha256: digest.digest('hex'), size, chunks })
      },
    }
    return { order, files }
  }

  const leases = () => ({
    completed: simulator.calls('HttpNfcLeaseComplete'),
    aborted: simulator.calls('HttpNfcLeaseAbort'),
  })

  it('hands its disks over in pieces, and comes with a descriptor and a manifest for them', async () => {
    const { order, files } = collecting()
    const before = leases()
    const progress: number[] = []
    const pulses = simulator.calls('HttpNfcLeaseProgress')
    const exported = await client.exportOvf(order, { onProgress: ({ bytes, total }) => progress.push(bytes / total) })
    expect(exported.files.length).toBeGreaterThan(0)
    expect(exported.path).toBe('web_01.ovf')
    for (const { path, size, sha256, isDisk } of exported.files) {
      expect(path).toMatch(/^web_01-disk-\d+\.vmdk$/)
      expect(isDisk).toBe(true)
      expect(files.get(path)).toMatchObject({ size, sha256 })
      expect(files.get(path)?.chunks).toBeGreaterThan(1)
      expect(exported.manifest).toContain(`SHA256(${path})= ${sha256}\n`)
    }
    const digest = createHash('sha256').update(exported.descriptor).digest('hex')
    expect(exported.manifest.startsWith(`SHA256(web_01.ovf)= ${digest}\n`)).toBe(true)
    expect(progress).toEqual([...progress].sort((one, other) => one - other))
    expect(progress.length).toBeGreaterThan(1)
    expect(leases()).toEqual({ completed: before.completed + 1, aborted: before.aborted })
    expect(simulator.calls('HttpNfcLeaseProgress')).toBeGreaterThan(pulses)
    expect(await client.parseOvf(exported.descriptor)).toMatchObject({
      name: 'web/01',
      files: exported.files.map(({ path, size }) => ({ path, size })),
    })
  })

  it('gives the lease up when it is aborted', async () => {
    const { order } = collecting()
    const before = leases()
    const abort = new AbortController()
    const aborting: OvfExport = {
      ...order,
      async file(file, stream) {
        abort.abort()
        await order.file(file, stream)
      },
    }
    await expect(client.exportOvf(aborting, { signal: abort.signal })).rejects.toMatchObject({ kind: 'aborted' })
    expect(leases()).toEqual({ completed: before.completed, aborted: before.aborted + 1 })
  })

  it.each([
    ['fails to be written', () => Promise.reject(new RangeError('the target is full')), 'the target is full'],
    ['is left unread', () => {}, 'was not read to its end'],
  ])('gives the lease up when a file %s', async (_, file, message) => {
    const before = leases()
    await expect(client.exportOvf({ ...collecting().order, file })).rejects.toThrow(message)
    expect(leases()).toEqual({ completed: before.completed, aborted: before.aborted + 1 })
  })

  it('ends with what the server said of a lease that was lost', async () => {
    // Every one: the first may be a late one of a lease before.
    simulator.faults.failCall({ method: 'HttpNfcLeaseProgress', fault: 'Timedout', times: 1_000 })
    // Whoever takes the file never comes to an end.
    const endless: OvfExport = { ...collecting().order, file: () => new Promise(() => {}) }
    await expect(client.exportOvf(endless)).rejects.toMatchObject({ faultName: 'Timedout' })
  })

  it('is refused while it runs, and nothing is asked for', async () => {
    await client.run(entity, 'PowerOnVM_Task')
    const before = leases()
    await expect(client.exportOvf(collecting().order)).rejects.toMatchObject({ faultName: 'InvalidPowerState' })
    expect(leases()).toEqual(before)
    await client.run(entity, 'PowerOffVM_Task')
  })
})

describe('a descriptor that is looked at before an import', () => {
  it('tells networks, properties and files, and is refused where it is none', async () => {
    await using simulator = await startVsphereSimulator({ speed: 100 })
    const { url, fingerprint256, credentials } = simulator
    await using client = createVsphereClient({ url, fingerprint256, auth: credentials })
    const product = `<ProductSection><Info>Product</Info><Property ovf:key="hostname" ovf:type="string"
      ovf:userConfigurable="true" ovf:value="web"><Label>Host name</Label></Property></ProductSection>`
    const descriptor = ovfDescriptor('golden', 'disk-1.vmdk', 4_096).replace(
      '</VirtualSystem>',
      `${product}</VirtualSystem>`,
    )
    expect(await client.parseOvf(descriptor)).toMatchObject({
      name: 'golden',
      isVirtualApp: false,
      networks: [{ name: 'frontend', description: '' }],
      properties: [
        { key: 'hostname', type: 'string', defaultValue: 'web', userConfigurable: true, label: 'Host name' },
      ],
      files: [{ path: 'disk-1.vmdk', size: 4_096 }],
      downloadBytes: 4_096,
      warnings: [],
    })
    await expect(client.parseOvf('<not-ovf/>')).rejects.toMatchObject({
      kind: 'validation',
      outcome: 'not-started',
      operation: 'ParseDescriptor',
      message: expect.stringContaining('must be Envelope'),
    })
  })
})
