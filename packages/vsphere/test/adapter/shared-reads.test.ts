import { unwrap } from '@dcm/core'
import { startVsphereSimulator } from '@dcm/vsphere/simulator'
import { afterAll, expect, it } from 'vitest'
import { connectPort } from './connect-port.js'

const simulator = await startVsphereSimulator({ speed: 1_000, seed: { vms: 200 } })
const port = await connectPort({ ...simulator, ...simulator.credentials })
afterAll(async () => {
  await port.close()
  await simulator.close()
})

/** Datacenters, folders, compute resources, hosts, datastores, networks, pools and VMs: a view for each. */
const typesOfPlan = 8
/** The same without datastores, networks and pools. */
const typesOfTemplates = 5
const creations = 20

it('reads the inventory once for many creations that are planned at once', async () => {
  const [views, pages] = [simulator.calls('CreateContainerView'), simulator.calls('ContinueRetrievePropertiesEx')]
  const source = { from: 'template', template: { name: 'debian-13-cloud' } } as const
  const start = performance.now()
  const begun = await Promise.all(
    Array.from({ length: creations }, (_, index) =>
      port.createVm({ name: `made-${index}`, source, powerOn: false }, { idempotencyKey: `made-${index}` }),
    ),
  )
  expect(begun.filter(({ ok }) => ok)).toHaveLength(creations)
  const read = (simulator.calls('CreateContainerView') - views) / typesOfPlan
  console.log(`${creations} creations: ${read} reads of the inventory, ${Math.round(performance.now() - start)} ms`)
  // Eight plan at a time, and those that come while a read runs share the next one.
  expect(read).toBeLessThanOrEqual(creations / 2)
  expect(simulator.calls('ContinueRetrievePropertiesEx')).toBe(pages)
  expect(simulator.calls('CloneVM_Task')).toBe(creations)
})

it('looks for templates by one property of each VM, and sees one that was made just before', async () => {
  const [vm] = unwrap(await port.listVms()).items
  if (vm === undefined) throw new Error('the server has no VM')
  const before = unwrap(await port.listTemplates()).items.length
  const views = simulator.calls('CreateContainerView')
  const lists = await Promise.all(Array.from({ length: 8 }, () => port.listTemplates()))
  expect(lists.map((list) => unwrap(list).items.length)).toEqual(Array(8).fill(before))
  expect(simulator.calls('CreateContainerView') - views).toBeLessThanOrEqual(2 * typesOfTemplates)
  unwrap(await unwrap(await port.stopVm(vm.ref, { mode: 'hard' })).wait())
  const templates = unwrap(await port.facet('templates'))
  unwrap(await unwrap(await templates.fromVm({ ref: vm.ref })).wait())
  const { items } = unwrap(await port.listTemplates())
  expect(items).toHaveLength(before + 1)
  expect(items).toContainEqual(
    expect.objectContaining({ id: vm.ref.locator, name: vm.name, memoryBytes: vm.memoryBytes }),
  )
})
