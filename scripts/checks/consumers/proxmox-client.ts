// What a user of the typed client compiles: twenty typed calls. Its number of type instantiations is a budget.
import { createProxmoxClient } from '@dcm/proxmox/client'

const pve = createProxmoxClient({
  url: 'https://pve1:8006',
  auth: { tokenId: 'root@pam!dcm', secret: 'not-a-real-secret' },
})
const node = 'pve1'
const vmid = 100

export async function twentyCalls(): Promise<unknown[]> {
  return [
    await pve.request('GET /version'),
    await pve.request('GET /access/permissions'),
    await pve.request('GET /cluster/status'),
    await pve.request('GET /cluster/resources', { type: 'vm' }),
    await pve.request('GET /cluster/nextid'),
    await pve.request('GET /nodes'),
    await pve.request('GET /nodes/{node}/status', { node }),
    await pve.request('GET /nodes/{node}/storage', { node, content: 'images' }),
    await pve.request('GET /nodes/{node}/network', { node }),
    await pve.request('GET /nodes/{node}/qemu', { node, full: true }),
    await pve.request('GET /nodes/{node}/qemu/{vmid}/config', { node, vmid }),
    await pve.request('GET /nodes/{node}/qemu/{vmid}/status/current', { node, vmid }),
    await pve.request('GET /nodes/{node}/qemu/{vmid}/snapshot', { node, vmid }),
    await pve.request('GET /nodes/{node}/tasks', { node, source: 'all' }),
    await pve.request('GET /pools'),
    await pve.request('PUT /nodes/{node}/qemu/{vmid}/config', { node, vmid, cores: 2, memory: '2048' }),
    await pve.task('POST /nodes/{node}/qemu/{vmid}/clone', { node, vmid: 9000, newid: vmid, full: true }),
    await pve.task('POST /nodes/{node}/qemu/{vmid}/status/start', { node, vmid }),
    await pve.task('POST /nodes/{node}/qemu/{vmid}/snapshot', { node, vmid, snapname: 'before' }),
    await pve.task('DELETE /nodes/{node}/qemu/{vmid}', { node, vmid, purge: true }),
  ]
}
