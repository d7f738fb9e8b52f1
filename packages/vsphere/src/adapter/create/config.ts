import { formatMarker } from '@dcm/core'
import type { MethodArguments } from '../../client/method-types.js'
import { type DetailRow, markerKey, mebibyte, settingsOf } from '../map-vm.js'
import { guestInfoOf } from './cloud-init.js'
import { deviceChanges } from './devices.js'
import { draftSetting } from './draft.js'
import { type CreateContext, extensionOf, isInstant, markerOf } from './state.js'

export type ConfigSpec = MethodArguments<'ReconfigVM_Task'>['spec']

/** Sizes, texts, marker and settings of the new VM. */
async function configOf(context: CreateContext): Promise<ConfigSpec> {
  const { spec } = context.input
  return {
    instanceUuid: markerOf(context).key,
    ...(spec.description !== undefined && { annotation: spec.description }),
    ...(spec.cpus !== undefined && { numCPUs: spec.cpus }),
    ...(spec.memoryBytes !== undefined && { memoryMB: spec.memoryBytes / mebibyte }),
    extraConfig: optionValues(await settingsFor(context)),
  }
}

/** The same, with the word that the VM is being made. */
export async function newConfigOf(context: CreateContext): Promise<ConfigSpec> {
  const config = await configOf(context)
  return { ...config, extraConfig: [...(config.extraConfig ?? []), ...optionValues(draftSetting(context.state))] }
}

function optionValues(settings: Readonly<Record<string, string>>): NonNullable<ConfigSpec['extraConfig']> {
  return Object.entries(settings).map(([key, value]) => ({ _type: 'OptionValue', key, value }))
}

/** Advanced settings: the caller's, our marker, and what cloud-init reads. */
async function settingsFor(context: CreateContext): Promise<Readonly<Record<string, string>>> {
  const { spec } = context.input
  const marker = markerOf(context)
  return {
    ...extensionOf(spec).extraConfig,
    ...(await guestInfoOf(spec, context.reveal)),
    [markerKey]: formatMarker(marker),
  }
}

/** What of the specification the VM does not have; undefined when it has all. */
export async function missingOf(context: CreateContext, row: DetailRow): Promise<ConfigSpec | undefined> {
  const { input, state } = context
  const { spec } = input
  // An adopted VM that runs was finished before: what it has become is its owner's business. An instant clone always runs; its
  // maker's word, which the caller looked for, tells that it is being made.
  if (row['runtime.powerState'] !== 'poweredOff' && !isInstant(spec)) return undefined
  const wanted = await configOf(context)
  const held = settingsOf(row)
  const lacking = Object.entries(await settingsFor(context)).filter(([key, value]) => held.get(key) !== value)
  const deviceChange = deviceChanges(row['config.hardware.device'] ?? [], spec, state)
  const missing: ConfigSpec = {
    ...(row['config.instanceUuid'] !== wanted.instanceUuid && { instanceUuid: wanted.instanceUuid }),
    ...(wanted.annotation !== undefined &&
      row['config.annotation'] !== wanted.annotation && { annotation: wanted.annotation }),
    ...(wanted.numCPUs !== undefined &&
      row['config.hardware.numCPU'] !== wanted.numCPUs && { numCPUs: wanted.numCPUs }),
    ...(wanted.memoryMB !== undefined &&
      row['config.hardware.memoryMB'] !== wanted.memoryMB && { memoryMB: wanted.memoryMB }),
    ...(lacking.length > 0 && { extraConfig: optionValues(Object.fromEntries(lacking)) }),
    ...(deviceChange.length > 0 && { deviceChange }),
  }
  return Object.keys(missing).length === 0 ? undefined : missing
}
