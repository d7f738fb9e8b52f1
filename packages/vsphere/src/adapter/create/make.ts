import { HypervisorError } from '@dcm/core'
import { type ManagedObjectReference, reference } from '../../client/reference.js'
import { readVm } from '../locate.js'
import { encodeName } from '../map-names.js'
import type { Platform } from '../platform.js'
import { vmOf } from '../power/power-state.js'
import { type ConfigSpec, newConfigOf } from './config.js'
import { customizationOf } from './customize.js'
import { deviceChanges } from './devices.js'
import { assertThere } from './find-image.js'
import { instantClone } from './instant.js'
import { type CreateContext, extensionOf, isInstant } from './state.js'

/** CloneVM_Task, InstantClone_Task or CreateVM_Task, as the specification says. */
export async function make(platform: Platform, context: CreateContext): Promise<ManagedObjectReference> {
  const { input, state, signal } = context
  const { spec } = input
  const folder = reference('Folder', state.folder ?? '')
  const pool = reference('ResourcePool', state.pool ?? '')
  const host = state.host === undefined ? {} : { host: reference('HostSystem', state.host) }
  const name = encodeName(spec.name)
  if (state.source === undefined) return makeBlank(platform, context, { folder, pool, ...host })
  const template = await readVm(platform, state.source, signal)
  if (template === undefined) {
    throw new HypervisorError('NOT_FOUND', `${state.source}, which is to be cloned, was removed meanwhile`)
  }
  const datastore = state.datastore === undefined ? {} : { datastore: reference('Datastore', state.datastore) }
  if (isInstant(spec)) return instantClone(platform, context, template)
  const linked = spec.source.from === 'template' && spec.source.clone === 'linked'
  const customization = await customizationOf(context, template)
  return platform.api.call(
    vmOf({ vm: state.source }),
    'CloneVM_Task',
    {
      folder,
      name,
      spec: {
        location: { ...datastore, pool, ...host, ...(linked && { diskMoveType: 'createNewChildDiskBacking' }) },
        template: false,
        config: {
          ...(await newConfigOf(context)),
          deviceChange: deviceChanges(template['config.hardware.device'] ?? [], spec, state),
        },
        ...(customization && { customization }),
        // Powering on is a step of its own: the platform would start a second task that nobody sees.
        powerOn: false,
        ...(state.snapshot !== undefined && { snapshot: reference('VirtualMachineSnapshot', state.snapshot) }),
      },
    },
    { signal },
  )
}

async function makeBlank(
  platform: Platform,
  context: CreateContext,
  place: {
    readonly folder: ManagedObjectReference
    readonly pool: ManagedObjectReference
    readonly host?: ManagedObjectReference
  },
): Promise<ManagedObjectReference> {
  const { input, state, signal } = context
  const { spec } = input
  if (state.image !== undefined) await assertThere(platform, state.image, signal)
  const { guestId, hardwareVersion } = extensionOf(spec)
  const { source } = spec
  const asked = source.from === 'template' ? undefined : source.guestOs
  const firmware = source.from !== 'template' && source.firmware === 'uefi' ? 'efi' : 'bios'
  const config: ConfigSpec = {
    name: encodeName(spec.name),
    guestId: guestId ?? asked ?? 'otherGuest64',
    ...(hardwareVersion !== undefined && { version: hardwareVersion }),
    files: { vmPathName: `[${state.datastoreName ?? ''}]` },
    firmware,
    ...(await newConfigOf(context)),
    deviceChange: deviceChanges([], spec, state),
  }
  const { folder, ...where } = place
  return platform.api.call(folder, 'CreateVM_Task', { config, ...where }, { signal })
}
