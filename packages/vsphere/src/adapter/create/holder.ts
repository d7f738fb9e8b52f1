import { HypervisorError } from '@dcm/core'
import { findByUuid, findChild, readVm } from '../locate.js'
import { encodeName } from '../map-names.js'
import { type DetailRow, idOf } from '../map-vm.js'
import type { Platform } from '../platform.js'
import { claimOf, type Draft, isUnnamed } from './draft.js'
import { type CreateContext, markerOf } from './state.js'

/** What stands where our VM should be. */
export type Holder =
  | { readonly is: 'nobody' }
  | { readonly is: 'ours'; readonly row: DetailRow; readonly draft: Draft | undefined }
  /** It is being made: its configuration cannot be read yet. */
  | { readonly is: 'unfinished'; readonly vm: string }
  | { readonly is: 'other-spec'; readonly row: DetailRow }
  | { readonly is: 'foreign'; readonly id: string }

/** By our uuid wherever it is, else by the name in the folder. */
export async function findHolder(platform: Platform, context: CreateContext): Promise<Holder> {
  const { state, input, signal } = context
  const marker = markerOf(context)
  const [byUuid] = await findByUuid(platform, marker.key, signal)
  const found = byUuid ?? (await findChild(platform, state.folder ?? '', encodeName(input.spec.name), signal))
  if (found === undefined) return { is: 'nobody' }
  if (found.type !== 'VirtualMachine') return { is: 'foreign', id: found.value }
  const row = await readVm(platform, found.value, signal)
  if (row === undefined) return { is: 'nobody' }
  if (row['config.instanceUuid'] === undefined) return { is: 'unfinished', vm: found.value }
  const claim = claimOf(context, row)
  if (idOf(row) !== marker.key && !isUnnamed(context, claim)) return { is: 'foreign', id: idOf(row) }
  const isOther = claim !== undefined && claim.marker.specHash !== marker.specHash
  return isOther ? { is: 'other-spec', row } : { is: 'ours', row, draft: claim?.draft }
}

/** ALREADY_EXISTS, with whose it is. */
export function taken(
  { input }: CreateContext,
  holder: Extract<Holder, { is: 'other-spec' | 'foreign' }>,
): HypervisorError {
  if (holder.is === 'other-spec') {
    const id = idOf(holder.row)
    const message = `VM ${id} was made with this idempotency key from another specification: use another key`
    return new HypervisorError('ALREADY_EXISTS', message, { details: { reason: 'idempotency-key', existingId: id } })
  }
  const message = `'${input.spec.name}' stands in the folder already (${holder.id}): choose another name or folder`
  return new HypervisorError('ALREADY_EXISTS', message, { details: { reason: 'name', existingId: holder.id } })
}

/** Somebody made a VM of our name just now: look who. */
export const collided: { readonly goTo: string; readonly forget: readonly string[] } = {
  goTo: 'lookup',
  forget: ['make', 'deploy'],
}
