import { isFault } from '../../client/error.js'
import type { MethodArguments } from '../../client/method-types.js'
import { findByUuid, findChild, readVm } from '../locate.js'
import { encodeName } from '../map-names.js'
import { type DetailRow, markerOfVm, settingsOf } from '../map-vm.js'
import type { Platform } from '../platform.js'
import { type CreateContext, type CreateState, isInstant, markerOf } from './state.js'

type ConfigSpec = MethodArguments<'ReconfigVM_Task'>['spec']

/** Advanced setting that says who makes a VM, until it is finished. */
const draftKey = 'dcm.draft'

/**
 * What a creation says of its VM until it is done. A VM without such a word is finished, whoever took the word away:
 * nobody takes it back.
 */
export interface Draft {
  /** `removed`: its maker is taking it back, and nobody may finish it any more. */
  readonly being: 'made' | 'removed'
  /** Tells the maker from other runs of the same key. */
  readonly attempt: string
}

const form = /^being (made|removed) by ([0-9a-f]{8})$/

/** Short; it has to differ among the runs of one key only. */
export function newAttempt(): string {
  return crypto.randomUUID().slice(0, 8)
}

export function draftOfVm(row: Pick<DetailRow, 'config.extraConfig'>): Draft | undefined {
  const [, being, attempt] = form.exec(settingsOf(row).get(draftKey) ?? '') ?? []
  return attempt === undefined ? undefined : { being: being === 'made' ? 'made' : 'removed', attempt }
}

/** The setting for the call that makes the VM. */
export function draftSetting(state: Readonly<Partial<CreateState>>): Readonly<Record<string, string>> {
  if (state.attempt === undefined) throw new TypeError('the attempt is chosen by the first step')
  return { [draftKey]: `being made by ${state.attempt}` }
}

/**
 * Changes the word, or takes it away, if the configuration is still the one of this row: of those who finish a VM and who
 * take it back, `changeVersion` lets only one through.
 */
export function draftChange(row: DetailRow, draft: Draft | undefined): ConfigSpec {
  const version = row['config.changeVersion']
  // An empty value takes a setting away.
  const value = draft === undefined ? '' : `being ${draft.being} by ${draft.attempt}`
  return {
    ...(version !== undefined && { changeVersion: version }),
    extraConfig: [{ _type: 'OptionValue', key: draftKey, value }],
  }
}

/** Somebody changed the VM between our look and our write. */
export function isOutdated(error: unknown): boolean {
  return isFault(error, 'ConcurrentAccess')
}

/**
 * An instant clone that has our marker and not yet our id: InstantClone_Task takes settings, but no instanceUuid, so that is
 * given to it afterwards.
 */
export function isUnnamed(context: CreateContext, row: DetailRow): boolean {
  const { key } = markerOf(context)
  return isInstant(context.input.spec) && draftOfVm(row) !== undefined && markerOfVm(row)?.key === key
}

/** The VM at our reference, or of our key, if this very attempt makes it or takes it back. */
export async function readOwn(
  platform: Platform,
  context: CreateContext,
): Promise<{ readonly row: DetailRow; readonly draft: Draft } | undefined> {
  const { attempt } = context.state
  const { key } = markerOf(context)
  const vm = context.state.vm ?? (await findOwn(platform, context))
  const row = vm === undefined ? undefined : await readVm(platform, vm, context.signal)
  if (row === undefined || markerOfVm(row)?.key !== key) return undefined
  const draft = draftOfVm(row)
  return draft !== undefined && draft.attempt === attempt ? { row, draft } : undefined
}

/** By our id; an instant clone may not have it yet, and is known by its name. */
async function findOwn(platform: Platform, context: CreateContext): Promise<string | undefined> {
  const { input, signal, state } = context
  const [byUuid] = await findByUuid(platform, markerOf(context).key, signal)
  if (byUuid !== undefined || !isInstant(input.spec)) return byUuid?.value
  const child = await findChild(platform, state.folder ?? '', encodeName(input.spec.name), signal)
  return child?.type === 'VirtualMachine' ? child.value : undefined
}
