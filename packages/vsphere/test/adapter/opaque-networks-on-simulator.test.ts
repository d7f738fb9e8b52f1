import { unwrap } from '@dcm/core'
import { startVsphereSimulator, type VsphereSimulator } from '@dcm/vsphere/simulator'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { connectPort } from './connect-port.js'

let simulator: VsphereSimulator
let port: Awaited<ReturnType<typeof connectPort>>
beforeAll(async () => {
  const seed = { datacenters: 2, opaqueNetworks: 2, hosts: 1, vms: 3, templates: false }
  simulator = await startVsphereSimulator({ speed: 500, seed })
  port = await connectPort({ ...simulator, ...simulator.credentials })
})
afterAll(async () => {
  await port?.close()
  await simulator?.close()
})

it('names the opaque network of a card as the list of networks does, in the VM’s own datacenter, with no call for each VM', async () => {
  const networks = unwrap(await port.listNetworks()).items.filter(({ type }) => type === 'opaque network')
  expect(networks).toHaveLength(4)
  const { items } = unwrap(await port.listVms())
  expect(items).toHaveLength(6)
  const calls = async (): Promise<number> => {
    const before = simulator.calls('RetrievePropertiesEx')
    for (const { ref, host } of items) {
      const [card] = unwrap(await port.getVm(ref)).nics
      const network = networks.find(({ id }) => id === card?.network)
      expect(network).toMatchObject({ name: 'Segment 2', hosts: [host] })
    }
    return simulator.calls('RetrievePropertiesEx') - before
  }
  // One more for each of the two objects that stand for the network, when it is met first.
  expect(await calls()).toBe(items.length + 2)
  expect(await calls()).toBe(items.length)
})

it('names it in what a change of a card gives, too', async () => {
  const [vm] = unwrap(await port.listVms()).items
  const wanted = unwrap(await port.listNetworks()).items.find(
    ({ name, hosts }) => name === 'Segment 1' && hosts.includes(vm?.host ?? ''),
  )
  if (vm === undefined || wanted === undefined) throw new Error('the simulator has no such VM and network')
  const nics = unwrap(await port.facet('nics'))
  const added = unwrap(await unwrap(await nics.add({ ref: vm.ref, nic: { network: { id: wanted.id } } })).wait())
  expect(added.network).toBe(wanted.id)
})
