import type { MethodArguments } from '../../client/method-types.js'
import { type DetailRow, mebibyte, settingsOf } from '../map-vm.js'
import { guestInfoOf } from './cloud-init.js'
import { deviceChanges } from './devices.js'
import { claimSettings, optionValues } from './draft.js'
import { type CreateContext, extensionOf, isInstant, markerOf } from './state.js'

export type ConfigSpec = MethodArguments<'ReconfigVM_Task'>['spec']

/** Id and sizes of the new VM. */
function sizesOf(context: CreateContext): ConfigSpec {
  const { spec } = context.input
  return {
    instanceUuid: markerOf(context).key,
    ...(spec.cpus !== undefined && { numCPUs: spec.cpus }),
    ...(spec.memoryBytes !== undefined && { memoryMB: spec.memoryBytes / mebibyte }),
  }
}

/** The same with its settings, for the call that makes the VM. */
export async function newConfigOf(context: CreateContext): Promise<ConfigSpec> {
  const { description } = context.input.spec
  return {
    ...sizesOf(context),
    ...(description !== undefined && { annotation: description }),
    extraConfig: optionValues(await settingsFor(context)),
  }
}

/** Advanced settings: the caller's, what cloud-init reads, and our claim. */
async function settingsFor(context: CreateContext, row?: DetailRow): Promise<Readonly<Record<string, string>>> {
  const { spec } = context.input
  return {
    ...extensionOf(spec).extraConfig,
    ...(await guestInfoOf(spec, context.reveal)),
    ...claimSettings(context, row),
  }
}

/** What of the specification the VM does not have; undefined when it has all. */
export async function missingOf(
  context: CreateContext,
  row: DetailRow,
  /** Undefined leaves what is there. */
  annotation: string | undefined,
): Promise<ConfigSpec | undefined> {
  const { input, state } = context
  const { spec } = input
  // An adopted VM that runs was finished before: what it has become is its owner's business. An instant clone always runs; its
  // maker's word, which the caller looked for, tells that it is being made.
  if (row['runtime.powerState'] !== 'poweredOff' && !isInstant(spec)) return undefined
  const wanted = sizesOf(context)
  const held = settingsOf(row)
  const lacking = Object.entries(await settingsFor(context, row)).filter(([key, value]) => held.get(key) !== value)
  const deviceChange = deviceChanges(row['config.hardware.device'] ?? [], spec, state)
  const missing: ConfigSpec = {
    ...(row['config.instanceUuid'] !== wanted.instanceUuid && { instanceUuid: wanted.instanceUuid }),
    ...(annotation !== undefined && row['config.annotation'] !== annotation && { annotation }),
    ...(wanted.numCPUs !== undefined &&
      row['config.hardware.numCPU'] !== wanted.numCPUs && { numCPUs: wanted.numCPUs }),
    ...(wanted.memoryMB !== undefined &&
      row['config.hardware.memoryMB'] !== wanted.memoryMB && { memoryMB: wanted.memoryMB }),
    ...(lacking.length > 0 && { extraConfig: optionValues(Object.fromEntries(lacking)) }),
    ...(deviceChange.length > 0 && { deviceChange }),
  }
  return Object.keys(missing).length === 0 ? undefined : missing
}
