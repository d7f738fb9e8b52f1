import type { NativeCode, NativeFacts } from './platform/native-error.js'
import { NativeRefusal, NoAnswer, StrangeAnswer } from './platform/native-error.js'

/** What the serving process answers: a value, or why there is none. */
export type WireAnswer =
  | { readonly value: unknown }
  | { readonly refused: { readonly code: NativeCode; readonly text: string; readonly facts: NativeFacts } }
  | { readonly failed: string }

/** A failure of the platform as it travels; undefined where the connection is to be cut instead of answered. */
export function packFailure(reason: unknown): WireAnswer | undefined {
  if (reason instanceof NativeRefusal) {
    return { refused: { code: reason.code, text: reason.message, facts: reason.facts } }
  }
  if (reason instanceof NoAnswer) return undefined
  return { failed: reason instanceof Error ? reason.message : 'unknown failure' }
}

/** The value of an answer; throws what the platform threw. */
export function unpack(text: string): unknown {
  let answer: WireAnswer
  try {
    answer = JSON.parse(text) as WireAnswer
  } catch {
    throw new StrangeAnswer(text.slice(0, 200))
  }
  if (typeof answer !== 'object' || answer === null) throw new StrangeAnswer(text.slice(0, 200))
  if ('value' in answer) return answer.value
  if ('refused' in answer) throw new NativeRefusal(answer.refused.code, answer.refused.text, answer.refused.facts)
  if ('failed' in answer) throw new RangeError(answer.failed)
  throw new StrangeAnswer(text.slice(0, 200))
}
