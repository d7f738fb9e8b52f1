import { vimFault } from '../fault.js'
import { diskFiles } from '../machines/devices.js'
import { configOf } from '../machines/machine.js'
import { requirePower } from '../machines/power.js'
import { readDescriptor, writeDescriptor } from '../ovf/descriptor.js'
import { contentOf, endOffers, offerFile } from '../ovf/disk-files.js'
import type { ManagedObject } from '../world/managed-object.js'
import type { Call, Handlers } from './handler.js'

const leaseTimeoutSeconds = 300

/** A lease that still lasts. Throws InvalidState for one that has ended. */
function openLease(call: Call): ManagedObject<'HttpNfcLease'> {
  const lease = call.target('HttpNfcLease')
  if (lease.state.state === 'ready') return lease
  throw vimFault('InvalidState', {}, `The lease is in state ${lease.state.state}.`)
}

function endLease(call: Call, state: 'done' | 'error'): undefined {
  const lease = openLease(call)
  endOffers(call.world, lease.ref.value)
  call.world.change(lease, { state, ...(state === 'error' && { error: { _type: 'RequestCanceled' as const } }) })
  return undefined
}

export const ovfMethods: Handlers = {
  ExportVm(call) {
    const { world } = call
    const machine = call.target('VirtualMachine')
    requirePower(machine, ['poweredOff'], 'poweredOff')
    const lease = world.add('HttpNfcLease', {
      initializeProgress: 100,
      transferProgress: 0,
      mode: 'pushOrGet',
      capabilities: { pullModeSupported: false, corsSupported: false },
      state: 'ready',
    })
    const files = diskFiles(configOf(machine)).map((path, index) => ({ path, name: `disk-${index}.vmdk`, index }))
    world.change(lease, {
      info: {
        lease: lease.ref,
        entity: machine.ref,
        deviceUrl: files.map(({ path, name, index }) => ({
          key: `/${machine.ref.value}/VirtualDisk${index}:0`,
          importKey: '',
          url: offerFile(world, lease.ref.value, name, contentOf(path)),
          sslThumbprint: '',
          disk: true,
          targetId: name,
        })),
        totalDiskCapacityInKB: 1_024,
        leaseTimeout: leaseTimeoutSeconds,
      },
    })
    return lease.ref
  },
  HttpNfcLeaseProgress(call, { percent }) {
    call.world.change(openLease(call), { transferProgress: percent })
    return undefined
  },
  HttpNfcLeaseComplete: (call) => endLease(call, 'done'),
  HttpNfcLeaseAbort: (call) => endLease(call, 'error'),
  CreateDescriptor({ world }, { obj, cdp }) {
    return { ovfDescriptor: writeDescriptor(world.get('VirtualMachine', obj), cdp) }
  },
  ParseDescriptor(_call, { ovfDescriptor }) {
    const read = readDescriptor(ovfDescriptor)
    const nothing = { virtualApp: false, defaultDeploymentOption: '' }
    if (read === undefined) {
      const fault = { _type: 'OvfInvalidPackage' as const, lineNumber: 1 }
      const error = [{ fault, localizedMessage: 'Invalid OVF package: the root element must be Envelope.' }]
      return { ...nothing, annotation: '', defaultEntityName: '', error }
    }
    const { downloadSize, ...told } = read
    return { ...nothing, ...told, approximateDownloadSize: downloadSize }
  },
}
