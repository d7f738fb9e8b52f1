import {
  gib,
  type HypervisorPort,
  nativeOf,
  type Operation,
  type OperationHandle,
  type Result,
  unwrap,
} from '@dcm/core'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { type VsphereExtension, vsphere } from '../../src/index.js'
import {
  startVsphereSimulator,
  type VsphereSimulator,
  type VsphereSimulatorOptions,
} from '../../src/simulator/index.js'
import { closeAll } from '../close-all.js'
import { connectPort, firstVm } from './connect-port.js'

type Port = HypervisorPort<typeof vsphere>

describe('the port on the simulator', () => {
  const open: { close(): Promise<void> }[] = []
  afterEach(() => closeAll(open))

  async function connect(options: VsphereSimulatorOptions = {}): Promise<{ simulator: VsphereSimulator; port: Port }> {
    const simulator = await startVsphereSimulator({ speed: 100, ...options })
    open.push(simulator)
    const port = await connectPort({ ...simulator, ...simulator.credentials })
    open.push(port)
    return { simulator, port }
  }

  async function end<K extends 'createVm' | 'startVm' | 'stopVm' | 'restartVm' | 'deleteVm'>(
    begun: Promise<Result<Operation<K>>>,
  ): Promise<Awaited<ReturnType<Operation<K>['wait']>>> {
    return unwrap(await begun).wait()
  }

  const fromTemplate = { from: 'template', template: { name: 'debian-13-cloud' } } as const

  it('names what a creation leaves by the id that the port knows it by, and cleans it up', async () => {
    const { port, simulator } = await connect()
    simulator.faults.failNextTask({ method: 'PowerOnVM_Task', fault: 'InsufficientResourcesFault' })
    simulator.faults.failNextTask({ method: 'Destroy_Task', fault: 'FileLocked' })
    const failed = await end(port.createVm({ name: 'left', source: fromTemplate }))
    if (failed.ok || failed.error.code !== 'PARTIAL') throw new Error('the removal was to fail')
    const { leftovers, cleanUp } = failed.error.details
    const [left] = simulator.vms().filter(({ name }) => name === 'left')
    expect(leftovers).toEqual([{ kind: 'vm', id: left?.instanceUuid, name: 'left' }])
    expect(unwrap(await port.getVm({ endpoint: 'lab', id: leftovers[0]?.id ?? '' })).name).toBe('left')
    unwrap(await unwrap(await port.resumeOperation(cleanUp)).wait())
    expect(simulator.vms().filter(({ name }) => name === 'left')).toEqual([])
  })

  it('lists no VM that the vCenter runs for a cluster, and every other one of such a name', async () => {
    const { port, simulator } = await connect()
    const managedBy = { extensionKey: 'com.vmware.vim.eam', type: 'cluster-agent' }
    const [own, same] = ['vCLS-4711', 'vCLS-of-ours']
    const native = nativeOf(port, vsphere)
    const { value: datacenter } = await native.retrieve('Datacenter', ['vmFolder']).next()
    const { value: cluster } = await native.retrieve('ClusterComputeResource', ['resourcePool']).next()
    const pool = cluster?.resourcePool
    if (!datacenter || !pool) throw new Error('the simulator has no cluster')
    for (const [name, owner] of [
      [own, { managedBy }],
      [same, {}],
    ] as const) {
      const config = { name, guestId: 'otherGuest64', files: { vmPathName: '[datastore1]' }, numCPUs: 1, memoryMB: 64 }
      await native.run(datacenter.vmFolder, 'CreateVM_Task', { config: { ...config, ...owner }, pool })
    }
    const names = unwrap(await port.listVms()).items.map(({ name }) => name)
    expect([names.includes(own), names.includes(same)]).toEqual([false, true])
    const id = simulator.vms().find(({ name }) => name === own)?.instanceUuid ?? ''
    expect(unwrap(await port.getVm({ endpoint: 'lab', id })).name).toBe(own)
  })

  it('offers no uplinks as networks, and plugs no card into them', async () => {
    const { port } = await connect()
    const networks = unwrap(await port.listNetworks()).items
    expect(networks.map(({ name }) => name)).toEqual(['VM Network', 'VLAN 100', 'VLAN 200'])
    const begun = await port.createVm({
      name: 'plugged-wrong',
      source: fromTemplate,
      nics: [{ network: { name: 'DSwitch-DVUplinks' } }],
    })
    expect(begun).toMatchObject({ error: { code: 'NOT_FOUND' } })
  })

  it('creates from a template with sizes, a network and customisation, and takes it away', async () => {
    const { port, simulator } = await connect()
    const [network] = unwrap(await port.listNetworks()).items
    const vm = unwrap(
      await end(
        port.createVm(
          {
            // vcsim escapes what is escaped already, so odd names are proven here alone.
            name: 'app/01 50%\\+',
            source: fromTemplate,
            cpus: 3,
            memoryBytes: gib(3),
            disks: [{ sizeBytes: gib(64) }, { sizeBytes: gib(1) }],
            nics: [{ network: { id: network?.id ?? '' }, ipv4: { cidr: '192.0.2.20/24', gateway: '192.0.2.1' } }],
            customization: { hostname: 'app-01.example.org', userData: { secretValue: '#cloud-config' } },
          },
          { idempotencyKey: 'one' },
        ),
      ),
    )
    expect(vm).toMatchObject({ name: 'app/01 50%\\+', cpus: 3, memoryBytes: gib(3), powerState: 'running' })
    expect(vm.disks.map(({ capacityBytes }) => capacityBytes)).toEqual([gib(64), gib(1)])
    expect(vm.nics[0]?.network).toBe(network?.id)
    expect(
      await port.createVm({ name: 'app/01 50%\\+', source: fromTemplate }, { idempotencyKey: 'two' }),
    ).toMatchObject({
      ok: false,
      error: { code: 'ALREADY_EXISTS', details: { reason: 'name' } },
    })
    const native = simulator.vms().find(({ instanceUuid }) => instanceUuid === vm.ref.id)
    expect(native?.extraConfig['guestinfo.userdata']).toBe(Buffer.from('#cloud-config').toString('base64'))
    expect(unwrap(await end(port.deleteVm(vm.ref, { force: true }))).removed).toContain(vm.ref.id)
    expect(simulator.vms().some(({ instanceUuid }) => instanceUuid === vm.ref.id)).toBe(false)
  })

  it('customises Windows and hands over to cloud-init, with no secret in a handle', async () => {
    const { port, simulator } = await connect()
    const secret = (secretValue: string) => ({ secretValue })
    const handles: string[] = []
    const onCheckpoint = async (handle: OperationHandle) => void handles.push(JSON.stringify(handle))
    const windows = {
      adminPassword: secret('hunter2'),
      productKey: secret('AAAAA-hunter2'),
      joinDomain: { name: 'example.org', userName: 'join', password: secret('hunter2-join') },
    }
    const cloudInit = { deliverBy: 'customization', metaData: secret('instance-id: hunter2') } as const
    const make = (name: string, template: string, vsphere: VsphereExtension) =>
      end(
        port.createVm(
          { name, source: { from: 'template', template: { name: template } }, extensions: { vsphere } },
          { onCheckpoint },
        ),
      )
    for (const [name, template, extension] of [
      ['win-1', 'windows-2022', { windows }],
      ['linux-1', 'debian-13-cloud', { cloudInit }],
    ] as const) {
      expect(unwrap(await make(name, template, extension)).powerState).toBe('running')
    }
    expect(handles.length).toBeGreaterThan(4)
    expect(handles.join()).not.toContain('hunter2')
    expect(JSON.stringify(simulator.vms().map(({ extraConfig }) => extraConfig))).not.toContain('hunter2')
    const wrong = { from: 'template', template: { name: 'debian-13-cloud' } } as const
    expect(await port.createVm({ name: 'win-2', source: wrong, extensions: { vsphere: { windows } } })).toMatchObject({
      error: { code: 'INVALID_ARGUMENT', details: { problems: [{ path: 'extensions.vsphere.windows' }] } },
    })
    expect(
      await port.createVm({
        name: 'win-3',
        source: { from: 'template', template: { name: 'windows-2022' } },
        extensions: { vsphere: { windows: { ...windows, workgroup: 'HERE' } } },
      }),
    ).toMatchObject({ error: { code: 'INVALID_ARGUMENT', message: expect.stringContaining('choose one') } })
  })

  it('lets a datastore cluster choose the datastore, of a clone and of a blank VM', async () => {
    const { port, simulator } = await connect()
    const roomiest = async () => {
      const datastores = unwrap(await port.listDatastores()).items
      return datastores.toSorted((a, b) => (b.freeBytes ?? 0) - (a.freeBytes ?? 0))[0]
    }
    const extensions = { vsphere: { storagePod: 'pod1' } }
    const blank = { from: 'blank' } as const
    const disks = [{ sizeBytes: gib(2) }, { sizeBytes: gib(1) }]
    const sizes = { cpus: 1, memoryBytes: gib(1), disks }
    for (const spec of [
      { name: 'of-template', source: fromTemplate, extensions },
      { name: 'of-nothing', source: blank, ...sizes, extensions },
    ]) {
      const chosen = await roomiest()
      const vm = unwrap(await end(port.createVm({ ...spec, powerOn: false })))
      expect(vm.disks.length).toBeGreaterThan(0)
      for (const { path } of vm.disks) expect(path).toContain(`[${chosen?.name}]`)
    }
    expect(simulator.calls('RecommendDatastores')).toBe(2)
    const pathOf = async (vsphere: VsphereExtension, placement = {}) => {
      const refused = await port.createVm({ name: 'no', source: fromTemplate, placement, extensions: { vsphere } })
      return refused.ok || refused.error.code !== 'INVALID_ARGUMENT' ? refused : refused.error.details?.problems
    }
    expect(await pathOf({ storagePod: 'pod9' })).toEqual([
      { path: 'extensions.vsphere.storagePod', message: expect.stringContaining('there are pod1') },
    ])
    expect(await pathOf({ storagePod: 'pod1' }, { datastore: { name: 'datastore1' } })).toMatchObject([
      { path: 'placement.datastore' },
    ])
  })

  /** Two runs of one key: the first has made its VM, the second helps to finish it. */
  async function makerAndHelper() {
    const { port, simulator } = await connect()
    const begin = async () =>
      unwrap(await port.createVm({ name: 'shared', source: fromTemplate, cpus: 3 }, { idempotencyKey: 'shared' }))
    const until = async (handle: OperationHandle<'createVm'>, step: string) => {
      let now = handle
      while (now.cursor.step !== step) now = unwrap(await port.advanceOperation(now)).handle
      return now
    }
    const made = await until((await begin()).handle, 'fixup')
    const helping = await until((await begin()).handle, 'finish')
    expect(helping.state).toMatchObject({ adopted: true, vm: made.state.vm })
    const [maker, helper] = [unwrap(await port.resumeOperation(made)), unwrap(await port.resumeOperation(helping))]
    return { port, maker, helper, shared: () => simulator.vms().filter(({ name }) => name === 'shared'), simulator }
  }

  it('ends, and leaves nothing, when it is cancelled while the clone is under way', async () => {
    const { port, simulator } = await connect()
    simulator.faults.holdTasks()
    const begun = unwrap(await port.createVm({ name: 'cancelled', source: fromTemplate }))
    const cancelled = begun.cancel({ timeoutMs: 30_000 })
    await vi.waitUntil(() => simulator.calls('CancelTask') > 0, { timeout: 20_000, interval: 5 })
    simulator.faults.holdTasks(false)
    expect(unwrap(await cancelled)).toBe('cancelled')
    expect(simulator.tasks()).toMatchObject([{ method: 'CloneVM_Task', state: 'error' }])
    expect(simulator.vms().filter(({ name }) => name === 'cancelled')).toEqual([])
    expect(await begun.wait()).toMatchObject({ ok: false, error: { code: 'CANCELLED' } })
  })

  it('leaves a VM alone that another run of its key has finished', async () => {
    const { port, maker, helper } = await makerAndHelper()
    const vm = unwrap(await helper.wait())
    expect(unwrap(await maker.cancel())).toBe('cancelled')
    expect(unwrap(await port.getVm(vm.ref))).toMatchObject({ ref: vm.ref, powerState: 'running', cpus: 3 })
  })

  it('leaves it alone also when it is finished between the look of the undo and its write', async () => {
    const { port, maker, helper, simulator } = await makerAndHelper()
    let letGo = (): void => {}
    const until = new Promise<void>((resolve) => {
      letGo = resolve
    })
    simulator.faults.add({ match: { method: 'POST', times: 1 }, action: { type: 'hold', until } })
    const cancelled = maker.cancel()
    await vi.waitUntil(() => simulator.requests.entries().some(({ held }) => held), { timeout: 20_000, interval: 5 })
    const vm = unwrap(await helper.wait())
    letGo()
    expect(unwrap(await cancelled)).toBe('cancelled')
    expect(unwrap(await port.getVm(vm.ref))).toMatchObject({ ref: vm.ref, powerState: 'running' })
  })

  it('finishes no VM that is taken back, and makes one of its own', async () => {
    const { maker, helper, shared } = await makerAndHelper()
    const [before] = shared()
    expect(unwrap(await maker.cancel())).toBe('cancelled')
    expect(shared()).toEqual([])
    const vm = unwrap(await helper.wait())
    expect(shared()).toMatchObject([{ ref: vm.ref.locator }])
    expect(vm.ref.locator).not.toBe(before?.ref)
  })

  it('touches nothing of a VM that another run makes when a helper is cancelled', async () => {
    const { maker, helper, shared } = await makerAndHelper()
    expect(unwrap(await helper.cancel())).toBe('cancelled')
    expect(shared()).toHaveLength(1)
    const vm = unwrap(await maker.wait())
    expect(shared()).toMatchObject([{ ref: vm.ref.locator }])
    expect(shared()[0]?.extraConfig).not.toHaveProperty('dcm.draft')
  })

  it('leaves a VM as its owner made it since, when its maker comes back', async () => {
    const { port, maker, helper } = await makerAndHelper()
    const vm = unwrap(await helper.wait())
    unwrap(await end(port.stopVm(vm.ref, { mode: 'hard' })))
    expect(unwrap(await maker.wait())).toMatchObject({ ref: vm.ref, powerState: 'stopped' })
  })

  it('leaves the VM alone that got the id of a removed one by its key', async () => {
    const { port } = await connect()
    const make = () =>
      end(port.createVm({ name: 'again', source: fromTemplate, powerOn: false }, { idempotencyKey: 'again' }))
    const { ref } = unwrap(await make())
    unwrap(await end(port.deleteVm(ref)))
    const second = unwrap(await make())
    expect(second.ref.id).toBe(ref.id)
    expect(await port.getVm(ref)).toMatchObject({ ok: false, error: { code: 'NOT_FOUND' } })
    expect(await port.deleteVm(ref)).toMatchObject({
      ok: false,
      error: { code: 'FAILED_PRECONDITION', details: { reason: 'incarnation' } },
    })
    expect(unwrap(await port.getVm(second.ref)).ref).toEqual(second.ref)
  })

  it('goes on after the server forgot the task of the clone', async () => {
    const { port, simulator } = await connect()
    const operation = unwrap(
      await port.createVm({ name: 'forgotten', source: fromTemplate, powerOn: false }, { idempotencyKey: 'forgotten' }),
    )
    for (const { ref } of simulator.tasks()) simulator.faults.vanishTask(ref)
    expect(unwrap(await operation.wait()).name).toBe('forgotten')
    expect(simulator.vms().filter(({ name }) => name === 'forgotten')).toHaveLength(1)
  })

  it('restarts and stops a guest that has VMware Tools, and says when it does not obey', async () => {
    const { port, simulator } = await connect({ timing: { guestBoot: 5 } })
    const ref = await firstVm(port)
    await expect.poll(async () => (await end(port.restartVm(ref, { graceMs: 5_000 }))).ok).toBe(true)
    simulator.faults.shutdownIgnored(ref.locator ?? '')
    await expect
      .poll(async () => end(port.stopVm(ref, { graceMs: 300 })))
      .toMatchObject({ ok: false, error: { code: 'TIMEOUT' } })
    expect(unwrap(await port.getVm(ref)).powerState).toBe('running')
    expect(unwrap(await end(port.stopVm(ref, { mode: 'graceful-then-hard', graceMs: 300 }))).powerState).toBe('stopped')
  })

  it('refuses to ask a guest without VMware Tools', async () => {
    const { port, simulator } = await connect()
    const ref = await firstVm(port)
    simulator.faults.withoutTools(ref.locator ?? '')
    const refusal = { ok: false, error: { code: 'FAILED_PRECONDITION', details: { reason: 'cannot-ask' } } }
    expect(await end(port.stopVm(ref)).catch((error: unknown) => ({ ok: false, error }))).toMatchObject(refusal)
    expect(await end(port.restartVm(ref)).catch((error: unknown) => ({ ok: false, error }))).toMatchObject(refusal)
  })

  it('tells the question that holds up a start', async () => {
    const { port, simulator } = await connect({ seed: { running: false } })
    const ref = await firstVm(port)
    simulator.faults.askOnPowerOn(ref.locator ?? '')
    const operation = unwrap(await port.startVm(ref))
    let handle = operation.handle
    await expect
      .poll(async () => {
        const step = unwrap(await port.advanceOperation(handle))
        handle = step.handle
        return JSON.stringify(step)
      })
      .toContain("answer to the VM's question")
    const asking = unwrap(await port.getVm(ref))
    expect(asking.locked).toBe('question')
    expect(asking.allowedActions.stop).toEqual({ allowed: false, reason: expect.stringContaining('moved or copied') })
    expect(await port.deleteVm(ref)).toMatchObject({ ok: false, error: { code: 'CONFLICT' } })
  })

  it('shows VMs of a lost host as unknown', async () => {
    const { port, simulator } = await connect()
    const ref = await firstVm(port)
    const { host } = unwrap(await port.getVm(ref))
    simulator.faults.hostState(host ?? '', 'notResponding')
    const vm = unwrap(await port.listVms()).items.find(({ ref: { id } }) => id === ref.id)
    expect(vm).toMatchObject({ powerState: 'unknown', rawState: 'poweredOn/disconnected' })
    expect(unwrap(await port.listHosts()).items.find(({ id }) => id === host)?.status).toBe('down')
  })

  it('names the privileges that an account lacks', async () => {
    const { port, simulator } = await connect()
    simulator.faults.denyPrivilege('VirtualMachine.Inventory.Create')
    const { warnings } = unwrap(await port.testConnection())
    expect(warnings.join()).toContain('VirtualMachine.Inventory.Create')
  })

  it('makes blank VMs on a bare host, and says that it cannot clone', async () => {
    const { port } = await connect({ product: 'esxi' })
    const { create, platformIdentity } = unwrap(await port.capabilities())
    expect(create.sources).toEqual(['blank', 'image'])
    expect(platformIdentity).not.toBe('')
    const [datastore] = unwrap(await port.listDatastores()).items
    const spec = {
      name: 'blank',
      source: { from: 'blank' },
      cpus: 1,
      memoryBytes: gib(1),
      placement: { datastore: { id: datastore?.id ?? '' } },
    } as const
    expect(unwrap(await end(port.createVm(spec))).powerState).toBe('running')
    expect(await port.createVm({ name: 'clone', source: fromTemplate })).toMatchObject({
      ok: false,
      error: { code: 'UNSUPPORTED' },
    })
  })
})
