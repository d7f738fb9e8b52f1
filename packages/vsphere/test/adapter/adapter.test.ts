import {
  createRegistry,
  gib,
  type HypervisorPort,
  mib,
  nativeOf,
  type Operation,
  type OperationResults,
  type Result,
  unwrap,
  type VmInfo,
  type VmProvisionSpec,
} from '@dcm/core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { reference, type VsphereClient } from '../../src/client/index.js'
import { vsphere } from '../../src/index.js'
import { findVcsim, startVcsim, type Vcsim } from '../vcsim/start-vcsim.js'

const binary = await findVcsim()

describe.skipIf(binary === undefined)('the port on vcsim', () => {
  let vcsim: Vcsim
  const ports: HypervisorPort<typeof vsphere>[] = []

  beforeAll(async () => {
    vcsim = await startVcsim({ vms: 2, storagePods: 1 })
    const port = await connect()
    const native = port.native
    // One VM of the model becomes the template.
    for await (const { ref, name } of native.retrieve('VirtualMachine', ['name'])) {
      if (name !== 'DC0_H0_VM0') continue
      await native.run(ref, 'PowerOffVM_Task')
      await native.call(ref, 'MarkAsTemplate')
    }
  })
  afterEach(async () => {
    await vcsim.clearFaults()
    await vcsim.setDelay({})
  })
  afterAll(async () => {
    await Promise.all(ports.map((port) => port.close()))
    if (vcsim !== undefined) expect((await vcsim.state()).sessions).toEqual([])
    await vcsim?.close()
  })

  async function connect(
    changes: object = {},
  ): Promise<HypervisorPort<typeof vsphere> & { readonly native: VsphereClient }> {
    const registry = createRegistry([vsphere])
    const port = unwrap(
      await registry.connect({
        type: 'vsphere',
        endpoint: 'lab',
        url: vcsim.url,
        fingerprint256: vcsim.thumbprint256,
        auth: { username: vcsim.userName, password: { secretValue: vcsim.password } },
        ...changes,
      }),
    )
    ports.push(port)
    return Object.assign(port, { native: nativeOf(port, vsphere) })
  }

  function specOf(name: string, more: Partial<VmProvisionSpec> = {}): VmProvisionSpec<typeof vsphere> {
    return { name, source: { from: 'template', template: { name: 'DC0_H0_VM0' } }, ...more } as VmProvisionSpec<
      typeof vsphere
    >
  }

  async function create(
    port: HypervisorPort<typeof vsphere>,
    spec: VmProvisionSpec<typeof vsphere>,
    key: string,
  ): Promise<VmInfo> {
    return unwrap(await unwrap(await port.createVm(spec, { idempotencyKey: key })).wait())
  }

  it('tells what it is connected to, and as whom', async () => {
    const port = await connect()
    expect(unwrap(await port.testConnection())).toMatchObject({
      platformIdentity: vcsim.instanceUuid,
      principal: vcsim.userName,
      trust: 'fingerprint',
      warnings: [],
    })
    expect(unwrap(await port.capabilities()).create.sources).toEqual(['template', 'blank', 'image'])
  })

  it('refuses a wrong password once, and a wrong thumbprint before anything is sent', async () => {
    await vcsim.resetCounts()
    const wrong = await connect({ auth: { username: vcsim.userName, password: { secretValue: 'wrong' } } })
    expect(await wrong.testConnection()).toMatchObject({ ok: false, error: { code: 'UNAUTHENTICATED' } })
    expect((await vcsim.state()).requests.Login).toBe(1)
    const spoofed = await connect({ fingerprint256: vcsim.thumbprint256.replace(/^../, '00').replace(/..$/, '00') })
    expect(await spoofed.testConnection()).toMatchObject({ ok: false, error: { code: 'TLS_UNTRUSTED' } })
  })

  it('lists all kinds of resources', async () => {
    const port = await connect()
    await vcsim.resetCounts()
    const all = unwrap(await port.listResources())
    expect(all.datacenters.map(({ name }) => name)).toEqual(['DC0'])
    expect(all.clusters.map(({ name, synthetic }) => [name, synthetic])).toContainEqual(['DC0_C0', undefined])
    expect(all.clusters.map(({ name, synthetic }) => [name, synthetic])).toContainEqual(['DC0_H0', true])
    expect(all.hosts).toHaveLength(4)
    expect(all.hosts[0]).toMatchObject({
      status: 'up',
      within: [expect.any(String), expect.stringMatching(/^datacenter-/)],
    })
    expect(all.datastores[0]).toMatchObject({ accessible: true, capacityBytes: expect.any(Number) })
    expect(all.networks.map(({ type }) => type)).toContain('distributed portgroup')
    expect(all.templates.map(({ name }) => name)).toEqual(['DC0_H0_VM0'])
    const { requests } = await vcsim.state()
    expect(Object.values(requests).reduce((sum, count) => sum + count, 0)).toBeLessThan(40)
  })

  it('lists VMs without templates, everywhere and within a place', async () => {
    const port = await connect()
    const everywhere = unwrap(await port.listVms()).items
    expect(everywhere.map(({ name }) => name)).not.toContain('DC0_H0_VM0')
    expect(everywhere[0]).toMatchObject({ powerState: 'running', cpus: 1, memoryBytes: mib(32) })
    const cluster = unwrap(await port.listVms({ within: { name: 'DC0_C0' } })).items
    expect(cluster.map(({ name }) => name).sort()).toEqual(['DC0_C0_RP0_VM0', 'DC0_C0_RP0_VM1'])
    expect(await port.listVms({ within: { name: 'DC9' } })).toMatchObject({ ok: false, error: { code: 'NOT_FOUND' } })
  })

  it('finds a VM by its id, also when the locator is stale', async () => {
    const port = await connect()
    const [vm] = unwrap(await port.listVms({ name: 'DC0_C0_RP0_VM0' })).items
    const ref = vm?.ref ?? { endpoint: 'lab', id: '' }
    expect(unwrap(await port.getVm({ ...ref, locator: 'vm-99999' })).ref).toEqual({ ...ref, incarnation: ref.locator })
    expect(await port.getVm({ endpoint: 'lab', id: '00000000-0000-4000-8000-000000000000' })).toMatchObject({
      ok: false,
      error: { code: 'NOT_FOUND' },
    })
  })

  it('creates from a template, once for a key, also when two race', async () => {
    const [one, other] = [await connect(), await connect()]
    const spec = specOf('raced', { cpus: 2, memoryBytes: mib(64), description: 'made by a test' })
    const [first, second] = await Promise.all([create(one, spec, 'race'), create(other, spec, 'race')])
    expect(second.ref).toEqual(first.ref)
    expect(first).toMatchObject({ cpus: 2, memoryBytes: mib(64), powerState: 'running', description: 'made by a test' })
    expect(first.createdBy?.key).toBe(first.ref.id)
    expect((await vcsim.vms()).filter(({ name }) => name === 'raced')).toHaveLength(1)
    const again = await one
      .createVm({ ...spec, cpus: 4 }, { idempotencyKey: 'race' })
      .then(async (begun) => (begun.ok ? begun.value.wait() : begun))
    expect(again).toMatchObject({
      ok: false,
      error: { code: 'ALREADY_EXISTS', details: { reason: 'idempotency-key' } },
    })
  })

  it('refuses a name that is taken', async () => {
    const port = await connect()
    const spec = specOf('DC0_H0_VM1')
    const begun = await port.createVm(spec, { idempotencyKey: 'taken' })
    const result = begun.ok ? await begun.value.wait() : begun
    expect(result).toMatchObject({ ok: false, error: { code: 'ALREADY_EXISTS', details: { reason: 'name' } } })
  })

  it('finds its clone when the answer was lost', async () => {
    const port = await connect()
    await vcsim.addTransportFault({ method: 'CloneVM_Task', action: 'lose-answer', count: 1 })
    const vm = await create(port, specOf('lost-answer', { powerOn: false }), 'lost')
    expect(vm.name).toBe('lost-answer')
    expect((await vcsim.vms()).filter(({ name }) => name === 'lost-answer')).toHaveLength(1)
  })

  it('takes a failed creation back', async () => {
    const port = await connect()
    await vcsim.addFault({ method: 'PowerOnVM_Task', fault: 'InsufficientResourcesFault' })
    const begun = await port.createVm(specOf('unstartable'), { idempotencyKey: 'unstartable' })
    const result = begun.ok ? await begun.value.wait() : begun
    expect(result).toMatchObject({ ok: false, error: { code: 'RESOURCE_EXHAUSTED' } })
    expect((await vcsim.vms()).map(({ name }) => name)).not.toContain('unstartable')
  })

  it('tells all that is wrong with a specification at once', async () => {
    const port = await connect()
    const spec = specOf('wrong', {
      placement: { datastore: { name: 'nowhere' } },
      nics: [{ network: { name: 'no network' } }],
    })
    const begun = await port.createVm(spec, { idempotencyKey: 'wrong' })
    const result = begun.ok ? await begun.value.wait() : begun
    expect(result).toMatchObject({ ok: false, error: { code: 'NOT_FOUND', details: { missing: [{}, {}] } } })
  })

  it('customises a Windows guest', async () => {
    const port = await connect()
    const blank = { from: 'blank' } as const
    const made = await create(
      port,
      specOf('golden-windows', {
        source: blank,
        cpus: 1,
        memoryBytes: mib(64),
        powerOn: false,
        nics: [{ network: { name: 'VM Network' } }],
        placement: { cluster: { name: 'DC0_C0' } },
        extensions: { vsphere: { guestId: 'windows2019srv_64Guest' } },
      }),
      'golden-windows',
    )
    const golden = reference('VirtualMachine', made.ref.locator ?? '')
    await port.native.call(golden, 'MarkAsTemplate')
    const windows = { adminPassword: { secretValue: 'hunter2' }, runOnce: ['cmd /c echo done'] }
    const source = { from: 'template', template: { id: golden.value } } as const
    const placement = { cluster: { name: 'DC0_C0' } }
    const spec = specOf('win-01', { source, placement, extensions: { vsphere: { windows } } })
    expect((await create(port, spec, 'win-01')).powerState).toBe('running')
    const wrong = await port.createVm(specOf('win-02', { extensions: { vsphere: { windows } } }))
    expect(wrong.ok ? await wrong.value.wait() : wrong).toMatchObject({
      error: { code: 'INVALID_ARGUMENT', details: { problems: [{ path: 'extensions.vsphere.windows' }] } },
    })
    await port.native.run(golden, 'Destroy_Task')
  })

  it('makes a blank VM with disks and cards', async () => {
    const port = await connect()
    const vm = await create(
      port,
      {
        name: 'blank',
        source: { from: 'blank', firmware: 'uefi' },
        cpus: 2,
        memoryBytes: gib(1),
        disks: [{ sizeBytes: gib(2) }, { sizeBytes: gib(1) }],
        nics: [{ network: { name: 'DC0_DVPG0' } }],
        placement: { cluster: { name: 'DC0_C0' } },
        extensions: { vsphere: { extraConfig: { 'disk.enableUUID': 'TRUE' } } },
      },
      'blank',
    )
    expect(vm).toMatchObject({ cpus: 2, memoryBytes: gib(1), firmware: 'uefi', powerState: 'running' })
    expect(vm.disks.map(({ capacityBytes }) => capacityBytes)).toEqual([gib(2), gib(1)])
    expect(vm.nics).toHaveLength(1)
    expect((await vcsim.vms()).find(({ name }) => name === 'blank')?.extraConfig['disk.enableUUID']).toBe('TRUE')
  })

  it('stops, starts and restarts', async () => {
    const port = await connect()
    const { ref } = await create(port, specOf('powered'), 'powered')
    expect(await port.stopVm(ref)).toMatchObject({ ok: false, error: { code: 'FAILED_PRECONDITION' } })
    const run = async <K extends 'startVm' | 'stopVm' | 'restartVm'>(
      begun: Promise<Result<Operation<K>>>,
    ): Promise<OperationResults[K]> => unwrap(await unwrap(await begun).wait())
    expect((await run(port.restartVm(ref, { mode: 'hard' }))).powerState).toBe('running')
    expect((await run(port.stopVm(ref, { mode: 'hard' }))).powerState).toBe('stopped')
    expect((await run(port.stopVm(ref))).powerState).toBe('stopped')
    expect((await run(port.startVm(ref))).powerState).toBe('running')
    await vcsim.resetCounts()
    expect((await run(port.startVm(ref))).powerState).toBe('running')
    expect((await vcsim.state()).requests.PowerOnVM_Task).toBeUndefined()
    const extraConfig = [
      { _type: 'OptionValue' as const, key: 'SET.guest.toolsRunningStatus', value: 'guestToolsRunning' },
    ]
    await port.native.run(reference('VirtualMachine', ref.locator ?? ''), 'ReconfigVM_Task', { spec: { extraConfig } })
    expect((await run(port.stopVm(ref))).powerState).toBe('stopped')
    expect((await vcsim.state()).requests.ShutdownGuest).toBe(1)
  })

  it('deletes, and takes a VM that is gone for deleted', async () => {
    const port = await connect()
    const { ref } = await create(port, specOf('doomed'), 'doomed')
    expect(await port.deleteVm(ref)).toMatchObject({ ok: false, error: { code: 'FAILED_PRECONDITION' } })
    const report = unwrap(await unwrap(await port.deleteVm(ref, { force: true })).wait())
    expect(report.removed[0]).toBe(ref.id)
    expect((await vcsim.vms()).map(({ name }) => name)).not.toContain('doomed')
    expect(unwrap(await unwrap(await port.deleteVm(ref)).wait())).toEqual({ removed: [], left: [] })
  })

  it('maps a refused privilege with its name', async () => {
    const port = await connect()
    const [vm] = unwrap(await port.listVms({ name: 'DC0_H0_VM1' })).items
    await vcsim.addFault({
      method: 'PowerOffVM_Task',
      fault: 'NoPermission',
      detail: { privilegeId: 'VirtualMachine.Interact.PowerOff' },
    })
    const begun = await port.stopVm(vm?.ref ?? { endpoint: 'lab', id: '' }, { mode: 'hard' })
    const result = begun.ok ? await begun.value.wait() : begun
    expect(result).toMatchObject({
      ok: false,
      error: { code: 'PERMISSION_DENIED', details: { missing: [{ privilege: 'VirtualMachine.Interact.PowerOff' }] } },
    })
  })

  it('finds a resource pool by its path, where its name alone would fit two', async () => {
    const port = await connect()
    const { clusters } = unwrap(await port.listResources())
    const cluster = reference('ClusterComputeResource', clusters.find(({ name }) => name === 'DC0_C0')?.id ?? '')
    const { resourcePool: root } = await port.native.read(cluster, 'ComputeResource', ['resourcePool'])
    if (root === undefined) throw new Error('a cluster has a root pool')
    const shares = {
      reservation: 0,
      limit: -1,
      expandableReservation: true,
      shares: { level: 'normal', shares: 4_000 },
    }
    const spec = { cpuAllocation: shares, memoryAllocation: shares }
    const pools = []
    for (const name of ['acme', 'globex']) {
      const outer = await port.native.call(root, 'CreateResourcePool', { name, spec })
      pools.push({ outer, inner: await port.native.call(outer, 'CreateResourcePool', { name: 'gold', spec }) })
    }
    const placement = { cluster: { name: 'DC0_C0' } }
    const wrong = await port.createVm(specOf('two', { placement: { ...placement, resourcePool: { name: 'gold' } } }))
    expect(wrong.ok ? await wrong.value.wait() : wrong).toMatchObject({ error: { code: 'AMBIGUOUS' } })
    const at = (resourcePool: string) => specOf('pooled', { placement, extensions: { vsphere: { resourcePool } } })
    const lost = await port.createVm(at('acme/silver'))
    expect(lost.ok ? await lost.value.wait() : lost).toMatchObject({
      error: { code: 'INVALID_ARGUMENT', details: { problems: [{ path: 'extensions.vsphere.resourcePool' }] } },
    })
    expect((await create(port, at('globex/gold'), 'pooled')).resourcePool).toBe(pools[1]?.inner.value)
  })

  it('lets a datastore cluster choose the datastore, of a clone and of a blank VM', async () => {
    const port = await connect()
    const extensions = { vsphere: { storagePod: 'DC0_POD0' } }
    const placement = { cluster: { name: 'DC0_C0' } }
    const idle = await port.createVm(specOf('in-no-store', { placement, extensions }))
    // Storage DRS is off, and nothing lies in it.
    expect(idle.ok ? await idle.value.wait() : idle).toMatchObject({ error: { code: 'INVALID_ARGUMENT' } })
    const [store] = unwrap(await port.listDatastores()).items
    const { storageResourceManager: manager } = await port.native.serviceContent()
    if (manager === undefined) throw new Error('vcsim has one')
    for await (const { ref: pod } of port.native.retrieve('StoragePod', ['name'])) {
      const spec = { podConfigSpec: { enabled: true } }
      await port.native.run(manager, 'ConfigureStorageDrsForPod_Task', { pod, spec, modify: true })
      await port.native.run(pod, 'MoveIntoFolder_Task', { list: [reference('Datastore', store?.id ?? '')] })
    }
    const blank = { source: { from: 'blank' }, cpus: 1, memoryBytes: mib(64), disks: [{ sizeBytes: gib(1) }] } as const
    for (const [name, spec] of Object.entries({ cloned: {}, bare: blank })) {
      const vm = await create(port, specOf(`${name}-in-pod`, { ...spec, placement, extensions, powerOn: false }), name)
      expect(vm.disks[0]?.path).toContain(`[${store?.name}]`)
    }
  })

  it('makes many at once, each with one clone and none with a long poll', async () => {
    const port = await connect()
    await vcsim.setDelay({ taskMs: 400 })
    await vcsim.resetCounts()
    const names = Array.from({ length: 20 }, (_, index) => `many-${index}`)
    await Promise.all(names.map((name) => create(port, specOf(name, { powerOn: false }), name)))
    const { requests } = await vcsim.state()
    expect(requests.CloneVM_Task).toBe(20)
    expect(requests.WaitForUpdatesEx).toBeUndefined()
  })
})
