import type { ErrorJson } from '../errors/error-codes.js'
import { HypervisorError } from '../errors/hypervisor-error.js'
import type { DeleteReport } from '../model/vm.js'
import type { OperationHandle } from './handle.js'
import { cursorAt } from './track.js'

/**
 * Why an ended operation failed: its own error, or PARTIAL around it when something was left, with the handle of the
 * clean-up that removes it.
 */
export function failureOf(handle: OperationHandle): ErrorJson | undefined {
  if (handle.outcome !== 'failed') return undefined
  const reason = handle.error ?? handle.undoErrors?.[0] ?? unexplained(handle)
  const leftovers = handle.leftovers ?? []
  const cleanUp = cleanUpOf(handle)
  if (!cleanUp) return reason
  const list =
    leftovers.map((leftover) => `${leftover.kind} ${leftover.name ?? leftover.id}`).join(', ') ||
    `what '${cleanUp.cursor.step}' made`
  const message = `${reason.message} (left behind: ${list}; run the clean-up operation in the details to remove it)`
  const undoErrors = handle.undoErrors ?? []
  return new HypervisorError('PARTIAL', message, {
    details: { leftovers, cleanUp, reason, undoErrors },
    outcome: 'applied',
    endpoint: handle.endpoint,
    operation: handle.kind,
    ...(reason.native && { native: reason.native }),
  }).toJSON()
}

/** A new operation that undoes what the failed one could not; undefined when nothing is stuck. */
export function cleanUpOf(handle: OperationHandle): OperationHandle<'cleanUp'> | undefined {
  const [first] = (handle.stuck ?? []).slice(-1)
  const kind = handle.kind === 'cleanUp' ? handle.of : handle.kind
  if (!first || kind === undefined) return undefined
  const { error, undoErrors, leftovers, stuck, outcome, cancelled, deadlineAt, removed, session, ...rest } = handle
  return {
    ...rest,
    // One clean-up a failure, whoever asks for it and how often: the id follows from the failed operation's.
    id: `${handle.id}+`,
    kind: 'cleanUp',
    of: kind,
    revision: 0,
    phase: 'undo',
    // What is only probably ours stays marked so: a clean-up does not destroy it either.
    applied: (stuck ?? []).toReversed(),
    cursor: cursorAt(first.step, first.index, 0),
    fraction: 0,
    warnings: [],
  }
}

/** What a clean-up removed, and what it still had to leave. */
export function cleanUpReport(handle: OperationHandle): DeleteReport {
  return { removed: handle.removed ?? [], left: (handle.leftovers ?? []).map((leftover) => leftover.id) }
}

function unexplained(handle: OperationHandle): ErrorJson {
  return new HypervisorError('INTERNAL', `'${handle.kind}' failed without a reason`, { outcome: 'unknown' }).toJSON()
}
