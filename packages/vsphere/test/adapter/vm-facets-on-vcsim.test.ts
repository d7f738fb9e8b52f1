import { gib, type HypervisorPort, mib, snapshotTree, unwrap, type VmRef } from '@dcm/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { vsphere } from '../../src/index.js'
import { findVcsim, startVcsim, type Vcsim } from '../vcsim/start-vcsim.js'
import { connectPort } from './connect-port.js'

const binary = await findVcsim()

// vcsim's reverts change neither power state nor configuration: see the simulator's description.
describe.skipIf(binary === undefined)('the facets of VMs and inventory on vcsim', () => {
  let vcsim: Vcsim
  let port: HypervisorPort<typeof vsphere>

  beforeAll(async () => {
    vcsim = await startVcsim({ vms: 3 })
    const { url, thumbprint256: fingerprint256, userName: username, password } = vcsim
    port = await connectPort({ url, fingerprint256, username, password })
  })
  afterAll(async () => {
    await port?.close()
    if (vcsim !== undefined) expect((await vcsim.state()).sessions).toEqual([])
    await vcsim?.close()
  })

  /** A new VM of the cluster for each test, stopped, so that none stands in another's way. */
  async function copyOf(name: string): Promise<VmRef> {
    const [vm] = unwrap(await port.listVms({ within: { name: 'DC0_C0' } })).items
    if (vm === undefined) throw new Error('the model has no VM')
    const clone = unwrap(await port.facet('clone'))
    return unwrap(await unwrap(await clone.clone({ ref: vm.ref, name })).wait()).ref
  }

  it('clones, once for a key', async () => {
    const [vm] = unwrap(await port.listVms()).items
    if (vm === undefined) throw new Error('the model has no VM')
    const clone = unwrap(await port.facet('clone'))
    const make = async () =>
      unwrap(await unwrap(await clone.clone({ ref: vm.ref, name: 'copy' }, { idempotencyKey: 'k' })).wait())
    const made = await make()
    expect(made).toMatchObject({ name: 'copy', powerState: 'stopped' })
    expect((await make()).ref).toEqual(made.ref)
  })

  it('makes a tree of snapshots, goes back, and removes a branch', async () => {
    const ref = await copyOf('snapshots')
    const snapshots = unwrap(await port.facet('snapshots'))
    const root = unwrap(await unwrap(await snapshots.create({ ref, name: 'root' })).wait())
    const child = unwrap(await unwrap(await snapshots.create({ ref, name: 'child' })).wait())
    unwrap(await unwrap(await snapshots.revert({ ref, snapshot: root.id })).wait())
    const listed = unwrap(await snapshots.list({ ref }))
    expect(listed.current).toBe(root.id)
    expect(snapshotTree(listed)).toMatchObject([{ id: root.id, children: [{ id: child.id }] }])
    const report = unwrap(await unwrap(await snapshots.delete({ ref, snapshot: root.id, children: true })).wait())
    expect(report.removed).toEqual([root.id, child.id])
    expect(unwrap(await snapshots.list({ ref })).snapshots).toEqual([])
  })

  it('changes sizes, disks and cards', async () => {
    const ref = await copyOf('hardware')
    const reconfigure = unwrap(await port.facet('reconfigure'))
    const changes = { cpus: 3, memoryBytes: mib(64), description: 'why' }
    expect(unwrap(await unwrap(await reconfigure.apply({ ref, ...changes })).wait())).toMatchObject(changes)
    const disks = unwrap(await port.facet('disks'))
    const disk = unwrap(await unwrap(await disks.attach({ ref, disk: { sizeBytes: gib(1) } })).wait())
    const grown = unwrap(await unwrap(await disks.grow({ ref, key: disk.key, sizeBytes: gib(2) })).wait())
    expect(grown).toMatchObject({ key: disk.key, capacityBytes: gib(2) })
    const report = unwrap(await unwrap(await disks.detach({ ref, key: disk.key, delete: true })).wait())
    expect(report.removed).toEqual([disk.path])
    const nics = unwrap(await port.facet('nics'))
    const card = unwrap(await unwrap(await nics.add({ ref, nic: { network: { name: 'VM Network' } } })).wait())
    const unplugged = unwrap(await unwrap(await nics.change({ ref, key: card.key, connected: false })).wait())
    expect(unplugged).toMatchObject({ key: card.key, connected: false })
    expect(unwrap(await unwrap(await nics.remove({ ref, key: card.key })).wait()).removed).toEqual([card.key])
  })

  it('suspends, resets and moves a running VM', async () => {
    const ref = await copyOf('running')
    const suspend = unwrap(await port.facet('suspend'))
    unwrap(await unwrap(await port.startVm(ref)).wait())
    expect(unwrap(await unwrap(await suspend.suspend({ ref, to: 'disk' })).wait()).powerState).toBe('suspended')
    const vm = unwrap(await unwrap(await port.startVm(ref)).wait())
    unwrap(await unwrap(await unwrap(await port.facet('reset')).reset({ ref })).wait())
    const { hosts } = unwrap(await port.listResources())
    const home = hosts.find(({ id }) => id === vm.host)
    const to = hosts.find(({ id, within }) => id !== vm.host && within[0] === home?.within[0])
    // The model's cluster has three hosts.
    if (to === undefined) throw new Error(`vcsim has no second host to move the VM to from ${home?.name}`)
    const migrate = unwrap(await port.facet('migrate'))
    expect(unwrap(await unwrap(await migrate.migrate({ ref, host: { id: to.id } })).wait()).host).toBe(to.id)
  })

  it('files VMs in folders', async () => {
    const ref = await copyOf('filed')
    const folders = unwrap(await port.facet('folders'))
    const folder = unwrap(await unwrap(await folders.create({ name: 'a/b' })).wait())
    expect(unwrap(await folders.list()).items).toContainEqual(folder)
    unwrap(await unwrap(await folders.move({ ref, folder: { id: folder.id } })).wait())
    expect(await folders.delete({ folder: { id: folder.id } })).toMatchObject({ ok: false })
    unwrap(await unwrap(await folders.move({ ref, folder: { id: folder.parent ?? '' } })).wait())
    // vcsim lacks the call that leaves the disks of VMs alone.
    const refused = await folders.delete({ folder: { id: folder.id } })
    expect(refused).toMatchObject({ error: { code: 'UNSUPPORTED' } })
  })
})
