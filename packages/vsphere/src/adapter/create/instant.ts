import type { ProblemCollector } from '@dcm/core'
import { type ManagedObjectReference, reference } from '../../client/reference.js'
import { encodeName } from '../map-names.js'
import type { DetailRow } from '../map-vm.js'
import type { Platform } from '../platform.js'
import { newConfigOf } from './config.js'
import { deviceChanges } from './devices.js'
import { type CreateContext, extensionOf, type SealedSpec } from './state.js'

/**
 * InstantClone_Task (vCenter 6.7): a running copy of a running VM, memory and all. It takes a name, a place, advanced settings,
 * which carry our marker, and other plugs for the cards; cards beyond the source's are added once the copy is there.
 */
export async function instantClone(
  platform: Platform,
  context: CreateContext,
  source: DetailRow,
): Promise<ManagedObjectReference> {
  const { input, state, signal } = context
  const { spec } = input
  const { extraConfig = [] } = await newConfigOf(context)
  const plugs = deviceChanges(source['config.hardware.device'] ?? [], spec, state)
  return platform.api.call(
    source.ref,
    'InstantClone_Task',
    {
      spec: {
        name: encodeName(spec.name),
        location: {
          folder: reference('Folder', state.folder ?? ''),
          ...(state.datastore !== undefined && { datastore: reference('Datastore', state.datastore) }),
          pool: reference('ResourcePool', state.pool ?? ''),
          ...(state.host !== undefined && { host: reference('HostSystem', state.host) }),
          deviceChange: plugs.filter((plug) => 'operation' in plug && plug.operation === 'edit'),
        },
        config: extraConfig,
      },
    },
    { signal },
  )
}

/** What a copy of a running VM cannot have otherwise than its source has it, each by its name. */
export function checkInstant(spec: SealedSpec, source: DetailRow, problems: ProblemCollector): void {
  if (source['runtime.powerState'] !== 'poweredOn') {
    problems.invalid('source.template', notRunning)
  }
  const fixed = { cpus: spec.cpus, memoryBytes: spec.memoryBytes, disks: spec.disks }
  for (const [path, value] of Object.entries(fixed)) {
    if (value !== undefined) problems.invalid(path, "is the source's own in an instant clone: leave it out")
  }
  if (spec.powerOn === false) problems.invalid('powerOn', 'cannot be false: an instant clone runs from the start')
  const told = Object.entries(spec.customization ?? {}).filter(([, value]) => value !== undefined)
  for (const [field] of told) problems.invalid(`customization.${field}`, notCustomized)
  const { cloudInit, windows } = extensionOf(spec)
  for (const [field, value] of Object.entries({ cloudInit, windows })) {
    if (value !== undefined) problems.invalid(`extensions.vsphere.${field}`, notCustomized)
  }
  for (const [index, { ipv4, ipv6 }] of (spec.nics ?? []).entries()) {
    if (ipv4 !== undefined) problems.invalid(`nics[${index}].ipv4`, notCustomized)
    if (ipv6 !== undefined) problems.invalid(`nics[${index}].ipv6`, notCustomized)
  }
}

const notCustomized =
  'cannot be set in an instant clone, whose guest runs already: tell it by guestinfo settings in extensions.vsphere.extraConfig'

export const notRunning = 'is not running, and an instant clone copies a running VM: start it first'
