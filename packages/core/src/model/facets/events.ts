import type { Result } from '../../result.js'
import type { VmRef } from '../references.js'

/** Something that changed. */
export type ChangeEvent =
  | {
      readonly type: 'vm-created' | 'vm-changed' | 'vm-removed'
      readonly ref: VmRef
      /** ISO time: when it changed, or where the platform does not tell, when it was noticed. */
      readonly at: string
    }
  /** There may be a gap before this (log rotated, platform restarted): list again, then go on. */
  | { readonly type: 'reset'; readonly at: string }

export interface ChangeBatch {
  /** In order. Several changes of one VM may be told as one. */
  readonly events: readonly ChangeEvent[]
  /** Opaque: store it after the events were dealt with, and go on from it, in any process. */
  readonly cursor: string
  readonly retryAfterMs: number
}

export interface EventReads {
  /**
   * What changed since `cursor`; without one, nothing yet, and the cursor of now: take it, then list, and no change is
   * missed. A cursor that is too old gives a `reset`, never a silent gap.
   */
  next(input: { readonly cursor?: string }): ChangeBatch
}

/**
 * The changes from now on, or from a cursor on, until the signal is aborted; throws what `next` answers. Breaking off
 * loses nothing: go on from the last batch's cursor.
 */
export async function* watchChanges(
  events: {
    next(input: { readonly cursor?: string }, options?: { readonly signal?: AbortSignal }): Promise<Result<ChangeBatch>>
  },
  options: { readonly cursor?: string; readonly signal?: AbortSignal } = {},
): AsyncGenerator<ChangeBatch, void, undefined> {
  const { setTimeout } = await import('node:timers/promises')
  const { signal } = options
  let { cursor } = options
  while (!signal?.aborted) {
    const answer = await events.next(cursor === undefined ? {} : { cursor }, signal ? { signal } : {})
    if (!answer.ok) {
      if (signal?.aborted) return
      throw answer.error
    }
    const first = cursor === undefined
    cursor = answer.value.cursor
    // The first cursor is told although nothing happened: who lists after it misses nothing.
    if (first || answer.value.events.length > 0) yield answer.value
    // Aborted while it waits, it ends as the loop's condition says.
    await setTimeout(answer.value.retryAfterMs, undefined, signal && { signal }).catch(() => {})
  }
}
