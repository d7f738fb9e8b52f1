// What a backend compiles: the registry, a typed port, one of everything.
import { createRegistry, gib, unwrap } from '@dcm/core'
import { proxmox } from '@dcm/proxmox'

const registry = createRegistry([proxmox])

export async function tour(): Promise<string> {
  const port = unwrap(
    await registry.connect({
      type: 'proxmox',
      endpoint: 'lab',
      url: 'https://pve1:8006',
      auth: { tokenId: 'root@pam!dcm', secret: { secretRef: 'env:PVE_TOKEN' } },
    }),
  )
  const page = unwrap(await port.listVms({ powerState: 'running' }))
  const hosts = unwrap(await port.listHosts())
  const operation = unwrap(
    await port.createVm({
      name: 'web-1',
      source: { from: 'template', template: { name: 'debian-13-cloud' } },
      memoryBytes: gib(2),
    }),
  )
  const vm = unwrap(await operation.wait())
  const deletion = unwrap(await port.deleteVm(vm.ref, { force: true }))
  const report = unwrap(await deletion.wait())
  return `${page.items.length} ${hosts.items.length} ${vm.name} ${report.left.length}`
}
