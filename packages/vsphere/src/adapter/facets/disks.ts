import { type AdapterFacetOf, collectProblems, HypervisorError, resolveReference, type VmDisk } from '@dcm/core'
import { type DeviceChange, type DeviceInput, inputOf, scsiSlots } from '../create/devices.js'
import { isOutdated } from '../create/draft.js'
import { listResources } from '../inventory.js'
import { bytesOfDisk, type DetailRow, idOf, isDisk, mapDisk } from '../map-vm.js'
import type { Platform } from '../platform.js'
import { refused } from '../power/power-state.js'
import { changeDevice } from './change-device.js'
import { readPlanned } from './planned-vm.js'
import { vmTask } from './vm-task.js'

type WantedDisk = { readonly path: string } | { readonly sizeBytes: number }

/** Disks, each by its device key; one write each, guarded by `changeVersion`. */
export function disksFacet(platform: Platform): AdapterFacetOf<'disks'> {
  return {
    attach: vmTask(platform, {
      async plan(row, { disk }, signal) {
        const had = disksOf(row).map(({ key }) => key)
        if ('path' in disk || disk.datastore === undefined) return { had, folder: '' }
        const problems = collectProblems()
        const datastores = (await listResources(platform, new Set(['datastore'] as const), signal)).items
        const target = { path: 'disk.datastore', kind: 'datastore' } as const
        const found = resolveReference(disk.datastore, datastores, target, problems)
        const host = row['runtime.host']?.value
        if (found !== undefined && host !== undefined && !found.hosts.includes(host)) {
          problems.invalid('disk.datastore', `'${found.name}' is not reachable from the VM's host`)
        }
        problems.throwIfAny('the input of disks.attach')
        return { had, folder: `[${found?.name ?? ''}]` }
      },
      async send({ input: { disk }, state, signal }) {
        const row = await readPlanned(platform, state, signal)
        const slots = scsiSlots(row['config.hardware.device'] ?? [])
        const bytes = 'path' in disk ? 0 : disk.sizeBytes
        const device: DeviceInput = {
          _type: 'VirtualDisk',
          key: -100,
          backing: {
            _type: 'VirtualDiskFlatVer2BackingInfo',
            fileName: 'path' in disk ? disk.path : (state.folder ?? ''),
            diskMode: 'persistent',
            ...(!('path' in disk) && { thinProvisioned: true }),
          },
          controllerKey: slots.controllerKey,
          unitNumber: slots.next(),
          // A file keeps its own size; the schema wants the element all the same, and 0 says nothing.
          capacityInKB: bytes / 1024,
          ...(bytes > 0 && { capacityInBytes: bytes }),
        }
        const change: DeviceChange = {
          _type: 'VirtualDeviceConfigSpec',
          operation: 'add',
          ...(!('path' in disk) && { fileOperation: 'create' }),
          device,
        }
        return changeDevice(platform, row, [...slots.added, change], signal)
      },
      failed: (error) => (isOutdated(error) ? { goTo: 'change' } : undefined),
      lost: {
        task: 'VirtualMachine.reconfigure',
        canBeWrong: 'somebody else added a disk of the same size after our plan: it is taken for ours, weakly',
        async find({ input: { disk }, state, signal }) {
          const made = newDisk(await readPlanned(platform, state, signal), state.had, disk)
          return made === undefined ? { found: 'absent' } : { found: 'mine', weak: true }
        },
      },
      async result({ input: { disk }, state, signal }) {
        const row = await readPlanned(platform, state, signal)
        // A platform may round a size.
        const made = newDisk(row, state.had, disk) ?? newDisks(row, state.had).at(-1)
        if (made !== undefined) return made
        throw new HypervisorError('NOT_FOUND', `the new disk of VM ${state.id} was removed meanwhile`)
      },
    }),
    grow: vmTask(platform, {
      async plan(row, { key, sizeBytes }) {
        const disk = requireDisk(row, key)
        const bytes = bytesOfDisk(disk)
        if (sizeBytes < bytes) {
          const problems = collectProblems()
          problems.invalid('sizeBytes', `must be at least the ${bytes} bytes that the disk has: disks only grow`)
          problems.throwIfAny('the input of disks.grow')
        }
        if (sizeBytes > bytes && row['snapshot.currentSnapshot'] !== undefined) {
          throw refused(row, 'has snapshots, and its disks cannot grow while it has: delete them first', 'snapshots')
        }
        return { settled: sizeBytes === bytes }
      },
      async send({ input: { key, sizeBytes }, state, signal }) {
        const row = await readPlanned(platform, state, signal)
        const disk = requireDisk(row, key)
        if (bytesOfDisk(disk) >= sizeBytes) return undefined
        const device = inputOf(disk, { capacityInKB: sizeBytes / 1024, capacityInBytes: sizeBytes })
        const change: DeviceChange = { _type: 'VirtualDeviceConfigSpec', operation: 'edit', device }
        return changeDevice(platform, row, [change], signal)
      },
      failed: (error) => (isOutdated(error) ? { goTo: 'change' } : undefined),
      result: async ({ input, state, signal }) =>
        mapDisk(requireDisk(await readPlanned(platform, state, signal), input.key)),
    }),
    detach: vmTask(platform, {
      async plan(row, { key }) {
        const disk = disksOf(row).find((one) => one.key === key)
        return { files: disk === undefined ? [] : [disk.path ?? ''], settled: disk === undefined }
      },
      async send({ input, state, signal }) {
        const row = await readPlanned(platform, state, signal)
        // A key is given anew once it is free: the file tells whether it is still the disk that was meant.
        const disk = devicesOf(row).find(
          (one) => String(one.key) === input.key && mapDisk(one).path === state.files?.[0],
        )
        if (disk === undefined) return undefined
        const change: DeviceChange = {
          _type: 'VirtualDeviceConfigSpec',
          operation: 'remove',
          ...(input.delete === true && { fileOperation: 'destroy' }),
          device: inputOf(disk),
        }
        return changeDevice(platform, row, [change], signal)
      },
      failed: (error) => (isOutdated(error) ? { goTo: 'change' } : undefined),
      async result({ input, state }) {
        const files = state.files ?? []
        return input.delete === true ? { removed: files, left: [] } : { removed: [], left: files }
      },
    }),
  }
}

function devicesOf(row: DetailRow) {
  return (row['config.hardware.device'] ?? []).filter(isDisk)
}

function disksOf(row: DetailRow): readonly VmDisk[] {
  return devicesOf(row).map(mapDisk)
}

/** The disk that was asked for, among those that are new: somebody else may have added another one meanwhile. */
function newDisk(row: DetailRow, had: readonly string[] = [], wanted: WantedDisk): VmDisk | undefined {
  const fits = ({ path, capacityBytes }: VmDisk): boolean =>
    'path' in wanted ? path === wanted.path : capacityBytes === wanted.sizeBytes
  return newDisks(row, had).findLast(fits)
}

function newDisks(row: DetailRow, had: readonly string[] = []): readonly VmDisk[] {
  return disksOf(row).filter(({ key }) => !had.includes(key))
}

function requireDisk(row: DetailRow, key: string) {
  const disk = devicesOf(row).find((one) => String(one.key) === key)
  if (disk !== undefined) return disk
  throw new HypervisorError('NOT_FOUND', `VM ${idOf(row)} has no disk '${key}'`, { resource: idOf(row) })
}
