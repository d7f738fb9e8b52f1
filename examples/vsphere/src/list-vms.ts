// Lists all VMs with exactly the properties that are asked for, each with its own type: npx tsx examples/vsphere/src/list-vms.ts
import { createVsphereClient } from '@dcm/vsphere/client'
import { openEndpoint } from './endpoint.js'

const endpoint = await openEndpoint()
const { url, fingerprint256, auth } = endpoint
const vcenter = createVsphereClient({ url, auth, ...(fingerprint256 !== undefined && { fingerprint256 }) })

const paths = [
  'name',
  'runtime.powerState',
  'config.hardware.numCPU',
  'config.hardware.memoryMB',
  'guest.ipAddress',
] as const
try {
  // Pages are fetched as the loop goes; a thousand VMs are one or two of them.
  for await (const vm of vcenter.retrieve('VirtualMachine', paths)) {
    // A number, or undefined: the configuration of a VM whose files are lost cannot be read, and the compiler says so.
    const memory: number | undefined = vm['config.hardware.memoryMB']
    const cpus = vm['config.hardware.numCPU'] ?? '?'
    const state: 'poweredOff' | 'poweredOn' | 'suspended' | (string & {}) = vm['runtime.powerState']
    const address = vm['guest.ipAddress'] ?? ''
    console.log(`${vm.name.padEnd(24)} ${state.padEnd(11)} ${cpus} CPU  ${memory ?? '?'} MiB  ${address}`.trimEnd())
  }
} finally {
  await vcenter.close()
  await endpoint.close()
}
