// Follows the VMs of a vCenter until Ctrl-C: npx tsx examples/vsphere/src/watch-changes.ts
import { createVsphereClient } from '@dcm/vsphere/client'
import { openEndpoint } from './endpoint.js'

const endpoint = await openEndpoint()
const { url, fingerprint256, auth, simulator } = endpoint
const vcenter = createVsphereClient({ url, auth, ...(fingerprint256 !== undefined && { fingerprint256 }) })
const ending = new AbortController()
process.once('SIGINT', () => ending.abort())

const names = new Map<string, string>()
try {
  const changes = vcenter.watch('VirtualMachine', ['name', 'runtime.powerState'], { signal: ending.signal })
  for await (const event of changes) {
    switch (event.kind) {
      case 'synced': {
        console.log(`watching ${names.size} VMs and templates`)
        // In the simulated vCenter nobody else is at work: something has to happen.
        const [running] = simulator?.vms().filter(({ powerState }) => powerState === 'poweredOn') ?? []
        if (running !== undefined) simulator?.faults.setPower(running.ref, 'poweredOff')
        break
      }
      case 'reset':
        console.log('the session ended: everything is told anew')
        names.clear()
        break
      case 'leave':
        console.log(`${names.get(event.ref.value)} is gone`)
        names.delete(event.ref.value)
        break
      case 'enter':
        names.set(event.ref.value, event.changes.name ?? event.ref.value)
        break
      case 'modify': {
        const { name, 'runtime.powerState': state } = event.changes
        if (name !== undefined) names.set(event.ref.value, name)
        console.log(`${names.get(event.ref.value)}: ${state ?? 'renamed'}`)
        if (simulator !== undefined) ending.abort()
      }
    }
  }
} finally {
  await vcenter.close()
  await endpoint.close()
}
