import { findMarker, formatMarker, type Marker } from '@dcm/core'
import { isFault } from '../../client/error.js'
import type { MethodArguments } from '../../client/method-types.js'
import { findByUuid, findChild, readVm } from '../locate.js'
import { encodeName } from '../map-names.js'
import { type DetailRow, markerKey, markerOfVm, settingsOf } from '../map-vm.js'
import type { Platform } from '../platform.js'
import { type CreateContext, type CreateState, isInstant, markerOf } from './state.js'

type ConfigSpec = MethodArguments<'ReconfigVM_Task'>['spec']
type Settings = Readonly<Record<string, string>>

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

/** Whose VM it is, and who works on it; without a draft it is finished. */
export interface Claim {
  readonly marker: Marker
  readonly draft: Draft | undefined
}

const form = /^being (made|removed) by ([0-9a-f]{8})(?:: (dcm1:[0-9a-f:-]+))?$/

const wordOf = ({ being, attempt }: Draft): string => `being ${being} by ${attempt}`

function readWord(text: string): Draft | undefined {
  const [, being, attempt] = form.exec(text) ?? []
  return attempt === undefined ? undefined : { being: being === 'made' ? 'made' : 'removed', attempt }
}

/** Short; it has to differ among the runs of one key only. */
export function newAttempt(): string {
  return crypto.randomUUID().slice(0, 8)
}

function ownDraft({ attempt }: Readonly<Partial<CreateState>>): Draft {
  if (attempt === undefined) throw new TypeError('the attempt is chosen by the first step')
  return { being: 'made', attempt }
}

/** Settings that make a VM ours; those of a VM that bears our claim otherwise keep the word of whoever made it. */
export function claimSettings(context: CreateContext, row?: DetailRow): Settings {
  const draft = row === undefined ? ownDraft(context.state) : claimOf(context, row)?.draft
  return {
    [markerKey]: formatMarker(markerOf(context)),
    ...(draft !== undefined && { [draftKey]: wordOf(draft) }),
  }
}

/** The same as one line, for a call that takes no settings: the annotation bears it until the settings do. */
export function claimNote(context: CreateContext): string {
  return `${wordOf(ownDraft(context.state))}: ${formatMarker(markerOf(context))}`
}

/** Is a VM's annotation such a line, and none of its owner's? */
export function isClaimNote(annotation: string | undefined): boolean {
  return form.exec(annotation ?? '')?.[3] !== undefined
}

/**
 * By its settings, else by the line in its annotation. A deployment that was answered with this VM is ours also where the
 * server took no annotation.
 */
export function claimOf(context: CreateContext, row: DetailRow): Claim | undefined {
  const marker = markerOfVm(row)
  if (marker !== undefined) return { marker, draft: readWord(settingsOf(row).get(draftKey) ?? '') }
  const note = row['config.annotation'] ?? ''
  const noted = isClaimNote(note) ? findMarker(note) : undefined
  if (noted !== undefined) return { marker: noted, draft: readWord(note) }
  const { state } = context
  const answered = state.deployed === true && state.vm === row.ref.value
  return answered ? { marker: markerOf(context), draft: ownDraft(state) } : undefined
}

/**
 * Changes the word, or takes it away, if the configuration is still the one of this row: of those who finish a VM and who
 * take it back, `changeVersion` lets only one through.
 */
export function draftChange(context: CreateContext, row: DetailRow, draft: Draft | undefined): ConfigSpec {
  const version = row['config.changeVersion']
  const settings = {
    ...(markerOfVm(row) === undefined && { [markerKey]: formatMarker(markerOf(context)) }),
    // An empty value takes a setting away.
    [draftKey]: draft === undefined ? '' : wordOf(draft),
  }
  return { ...(version !== undefined && { changeVersion: version }), extraConfig: optionValues(settings) }
}

export function optionValues(settings: Settings): NonNullable<ConfigSpec['extraConfig']> {
  return Object.entries(settings).map(([key, value]) => ({ _type: 'OptionValue', key, value }))
}

/** Somebody changed the VM between our look and our write. */
export function isOutdated(error: unknown): boolean {
  return isFault(error, 'ConcurrentAccess')
}

/** InstantClone_Task and the deployment of an item take no instanceUuid, so the VM gets our id afterwards. */
function isNamedLater({ input, state }: CreateContext): boolean {
  return isInstant(input.spec) || state.item !== undefined
}

/** A VM that bears our claim and not yet our id. */
export function isUnnamed(context: CreateContext, claim: Claim | undefined): boolean {
  return isNamedLater(context) && claim?.draft !== undefined && claim.marker.key === markerOf(context).key
}

/** The VM at our reference, or of our key, if this very attempt makes it or takes it back. */
export async function readOwn(
  platform: Platform,
  context: CreateContext,
): Promise<{ readonly row: DetailRow; readonly draft: Draft } | undefined> {
  const vm = context.state.vm ?? (await findOwn(platform, context))
  const row = vm === undefined ? undefined : await readVm(platform, vm, context.signal)
  const claim = row && claimOf(context, row)
  if (row === undefined || claim?.marker.key !== markerOf(context).key) return undefined
  const { draft } = claim
  return draft !== undefined && draft.attempt === context.state.attempt ? { row, draft } : undefined
}

/** By our id; a VM that gets it later is known by its name. */
async function findOwn(platform: Platform, context: CreateContext): Promise<string | undefined> {
  const { input, signal, state } = context
  const [byUuid] = await findByUuid(platform, markerOf(context).key, signal)
  if (byUuid !== undefined || !isNamedLater(context)) return byUuid?.value
  const child = await findChild(platform, state.folder ?? '', encodeName(input.spec.name), signal)
  return child?.type === 'VirtualMachine' ? child.value : undefined
}
