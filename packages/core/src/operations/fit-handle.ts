import type { ErrorJson, ErrorOutcome } from '../errors/error-codes.js'
import { HypervisorError } from '../errors/hypervisor-error.js'
import type { OperationHandle } from './handle.js'

/** What a handle weighs less than as JSON, in bytes: it fits a queue message, a cookie-sized column, a log line. */
export const longestHandle = 4096

/** Kept free beside what the operation needs, for an error of few words, the outcome and a later cursor. */
const reserve = 440

/** Kept free before a mutation is sent, for what is learned from its answer: a task's id, an applied step. */
const reserveToBegin = reserve + 160

/**
 * Is there room for what the operation must know, and will have to note? An operation without it fails before its next
 * mutation (`beginning`), or with the answer that was too long to remember, instead of growing a handle past its limit.
 */
export function hasRoom(handle: OperationHandle, beginning = false): boolean {
  return weight(withoutTexts(handle)) < longestHandle - (beginning ? reserveToBegin : reserve)
}

export function tooLongError(step: string, outcome: ErrorOutcome = 'failed'): HypervisorError {
  const message = `the operation has to remember more than its handle can carry (${longestHandle} bytes) at '${step}'; ask for less at once: fewer disks or networks, a shorter specification`
  return new HypervisorError('RESOURCE_EXHAUSTED', message, {
    outcome,
    details: { resource: 'operation-handle', available: longestHandle },
  })
}

/**
 * The handle, below 4 KiB: what it tells people (warnings, errors, lists of what was removed or left) is cut until it
 * fits. What the operation needs to go on (input, state, steps) is never touched; a handle of which that alone is too
 * long is refused, and with `hasRoom` asked in time there is none.
 */
export function fitHandle<H extends OperationHandle>(handle: H): H {
  let fitted = handle
  for (const cut of [(h: H) => shorten(h, 120), (h: H) => shorten(h, 40), ...sheddings<H>()]) {
    if (weight(fitted) < longestHandle) return fitted
    fitted = cut(fitted)
  }
  if (weight(fitted) < longestHandle) return fitted
  throw tooLongError(handle.cursor.step)
}

/** Harder and harder cuts, the least important first. */
function sheddings<H extends OperationHandle>(): readonly ((handle: H) => H)[] {
  return [
    (handle) => ({ ...handle, undoErrors: undefined, error: handle.error ?? handle.undoErrors?.[0] }),
    (handle) => ({ ...handle, warnings: [] }),
    (handle) => ({ ...handle, removed: fitting(handle, 'removed') }),
    (handle) => ({ ...handle, leftovers: fitting(handle, 'leftovers') }),
    (handle) => ({ ...handle, error: handle.error && fewWords(handle.error) }),
    (handle) => ({ ...handle, removed: undefined, leftovers: undefined }),
  ]
}

/** As much of a list as fits beside the rest. */
function fitting<M extends 'removed' | 'leftovers'>(handle: OperationHandle, member: M): OperationHandle[M] {
  const list = handle[member]
  let left = longestHandle - weight({ ...handle, [member]: [] }) - 1
  const kept = list?.filter((entry) => {
    left -= weight(entry) + 1
    return left >= 0
  })
  // The entries kept are of the list that they were in.
  return kept as OperationHandle[M]
}

function withoutTexts({ warnings, error, undoErrors, removed, leftovers, ...rest }: OperationHandle): unknown {
  return { ...rest, warnings: [] }
}

function weight(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value))
}

function shorten<H extends OperationHandle>(handle: H, longest: number): H {
  const { warnings, error, undoErrors } = handle
  return {
    ...handle,
    warnings: warnings.slice(0, 5).map((text) => cut(text, longest)),
    ...(error && { error: shortError(error, longest) }),
    ...(undoErrors && { undoErrors: undoErrors.slice(0, 3).map((entry) => shortError(entry, longest)) }),
  }
}

function shortError(error: ErrorJson, longest: number): ErrorJson {
  const { message, native, details, ...rest } = error
  const lists = Object.entries(details).map(([key, value]) => [key, Array.isArray(value) ? value.slice(0, 1) : value])
  return {
    ...rest,
    message: cut(message, longest),
    // Only lists got shorter: the details keep the shape of their code.
    details: Object.fromEntries(lists) as ErrorJson['details'],
    ...(native && { native: { ...native, ...(native.text !== undefined && { text: cut(native.text, longest) }) } }),
  }
}

/** The error with nothing but its code, the beginning of its message, and what it says of repeating. */
function fewWords({ code, message, retryable, outcome }: ErrorJson): ErrorJson {
  let short = message.slice(0, 80)
  while (weight(short) > 122) short = short.slice(0, -1)
  const json = new HypervisorError('INTERNAL', short, { retryable, outcome }).toJSON()
  // Every code but INTERNAL, RATE_LIMITED and CANCELLED tells more in its details; here nothing of it has room.
  return { ...json, code } as ErrorJson
}

function cut(text: string, longest: number): string {
  return text.length <= longest ? text : `${text.slice(0, longest - 1)}…`
}
