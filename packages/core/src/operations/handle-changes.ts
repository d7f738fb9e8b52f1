import type { JsonObject } from '../json.js'
import { abbreviateText } from './abbreviate.js'
import { contextsOf } from './context.js'
import type { AppliedStep, Cursor, OperationHandle } from './handle.js'
import { clockOf, type EngineHost } from './host.js'
import type { Leftover } from './step.js'
import { type AnyDefinition, fractionOf } from './track.js'

const maxWarnings = 10

/** The cursor after a visit that ended at the same step: one that changes its stage leaves what the old stage knew. */
export function cursorAfter(cursor: Cursor, patch: Partial<Cursor>): Cursor {
  if (patch.stage === undefined) return { ...cursor, ...patch }
  const { step, index, stage, tries, begunAt, part } = cursor
  return {
    ...{ step, index, stage, tries },
    ...(begunAt !== undefined && { begunAt }),
    ...(part !== undefined && { part }),
    ...patch,
  }
}

export function begunNow(cursor: Cursor, host: EngineHost): Cursor {
  return cursor.stage === 'ready' || cursor.begunAt === undefined
    ? { ...cursor, begunAt: clockOf(host.adapter) }
    : cursor
}

export function add(applied: readonly AppliedStep[], cursor: Cursor, weak?: true): readonly AppliedStep[] {
  const known = applied.some((entry) => entry.step === cursor.step && entry.index === cursor.index)
  return known ? applied : [...applied, { step: cursor.step, index: cursor.index, ...(weak && { weak }) }]
}

export function withNotes(
  handle: OperationHandle,
  notes: {
    readonly warnings?: readonly string[]
    readonly forget?: readonly string[]
    readonly leftovers?: readonly Leftover[]
  },
): OperationHandle {
  const { warnings, forget, leftovers } = notes
  if (!warnings && !forget && !leftovers) return handle
  return {
    ...handle,
    warnings: [...handle.warnings, ...(warnings ?? []), ...(leftovers ?? []).map(leftBehind)]
      .map(abbreviateText)
      .slice(0, maxWarnings),
    applied: forget ? handle.applied.filter((entry) => !forget.includes(entry.step)) : handle.applied,
    ...(leftovers && { leftovers: [...(handle.leftovers ?? []), ...leftovers] }),
  }
}

function leftBehind({ kind, id, name }: Leftover): string {
  return `${kind} ${name ?? id} may have been left behind`
}

export function merge(state: JsonObject, patch: JsonObject | undefined): JsonObject {
  if (!patch) return state
  return Object.fromEntries(Object.entries({ ...state, ...patch }).filter(([, value]) => value !== undefined))
}

export function withFraction(definition: AnyDefinition, handle: OperationHandle, host: EngineHost): OperationHandle {
  if (handle.phase !== 'forward') return handle
  const fraction = Math.max(handle.fraction, fractionOf(definition, handle.cursor, contextsOf(handle, host)))
  return { ...handle, fraction: Math.round(fraction * 1000) / 1000 }
}
