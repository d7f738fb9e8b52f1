import { HypervisorError } from '../errors/hypervisor-error.js'
import type { JsonObject } from '../json.js'
import type { AppliedStep, Cursor, OperationHandle } from './handle.js'
import type { OperationDefinition, Step, StepContext } from './step.js'

export type AnyDefinition = OperationDefinition<unknown, JsonObject, unknown>
export type AnyStep = Step<unknown, JsonObject>
export type ContextAt = (cursor: Cursor) => StepContext<unknown, JsonObject>

/** A cursor at the beginning of a step. */
export function cursorAt(step: string, index = 0, part?: number): Cursor {
  return { step, index, stage: 'ready', tries: 0, ...(part !== undefined && { part }) }
}

/** The step that the handle's cursor points at, in the phase it is in. */
export function currentStep(definition: AnyDefinition, handle: OperationHandle): AnyStep {
  const { step: name, part = 0 } = handle.cursor
  const list = handle.phase === 'always' ? (definition.always ?? []) : definition.steps
  const step = list.find((candidate) => candidate.name === name)
  const found = handle.phase === 'undo' ? step?.undo?.[part] : step
  if (found) return found
  const message = `this version of the plugin has no step '${name}' (${handle.phase}) in '${handle.kind}'; go on with the version that began it`
  throw new HypervisorError('UNSUPPORTED', message, { details: { feature: `${handle.kind}.${name}` } })
}

/** Where the forward track goes on after `cursor`, leaving out steps with no repetition; undefined at its end. */
export function nextInOrder(
  steps: readonly AnyStep[],
  cursor: Cursor | undefined,
  contextAt: ContextAt,
): Cursor | undefined {
  const at = cursor ? steps.findIndex((step) => step.name === cursor.step) : -1
  const current = steps[at]
  if (cursor && current && cursor.index + 1 < timesOf(current, contextAt))
    return cursorAt(current.name, cursor.index + 1)
  const next = steps.slice(at + 1).find((step) => timesOf(step, contextAt) > 0)
  return next && cursorAt(next.name)
}

/** The cursor at a named step, or at the first after it that has a repetition. */
export function cursorFrom(steps: readonly AnyStep[], name: string, contextAt: ContextAt): Cursor | undefined {
  const at = steps.findIndex((step) => step.name === name)
  if (at < 0) throw new TypeError(`the adapter jumps to the step '${name}', which it does not have`)
  const next = steps.slice(at).find((step) => timesOf(step, contextAt) > 0)
  return next && cursorAt(next.name)
}

/** Where undo goes on: the part after this one, else the applied step before. Steps without an undo are passed over. */
export function nextToUndo(definition: AnyDefinition, applied: readonly AppliedStep[]): AppliedStep | undefined {
  return applied.findLast((entry) => undoOf(definition, entry).length > 0)
}

export function undoOf(definition: AnyDefinition, entry: { readonly step: string }): readonly AnyStep[] {
  return definition.steps.find((step) => step.name === entry.step)?.undo ?? []
}

export function timesOf(step: AnyStep, contextAt: ContextAt): number {
  return step.times ? step.times(contextAt(cursorAt(step.name))) : 1
}

/** The share of the forward track that is behind the cursor, 0 to 1. */
export function fractionOf(definition: AnyDefinition, cursor: Cursor, contextAt: ContextAt): number {
  let total = 0
  let behind = 0
  let passed = false
  for (const step of definition.steps) {
    const times = timesOf(step, contextAt)
    const weight = step.weight ?? (step.repeat === 'read' ? 0 : 1)
    total += weight * times
    if (step.name === cursor.step) {
      behind += weight * Math.min(times, cursor.index + (cursor.fraction ?? 0))
      passed = true
    } else if (!passed) behind += weight * times
  }
  return total === 0 ? 0 : Math.min(1, behind / total)
}
