import { HypervisorError } from '../errors/hypervisor-error.js'
import type { OperationHandle } from './handle.js'
import type { OperationsHost } from './host.js'

/** The format of the handles that this version writes and reads. */
const version = 1

const stages: readonly unknown[] = ['ready', 'intent', 'accepted']
const phases: readonly unknown[] = ['forward', 'undo', 'always', 'ended']

/**
 * Refuses what is no handle, a handle of another format or endpoint, and a damaged one, each with what to do. Handles
 * come back from stores and queues, so nothing of their type is taken for granted.
 */
export function assertHandle(handle: unknown, host: Pick<OperationsHost, 'endpoint' | 'type'>): void {
  const problem = problemOf(handle, host)
  if (problem === undefined) return
  throw new HypervisorError('INVALID_ARGUMENT', problem, {
    details: { problems: [{ path: 'handle', message: problem }] },
  })
}

function problemOf(given: unknown, host: Pick<OperationsHost, 'endpoint' | 'type'>): string | undefined {
  const giveBack = 'give back, unchanged, what an operation, a checkpoint or advanceOperation gave'
  if (!isRecord(given) || !('cursor' in given || 'version' in given)) return `this is no operation handle; ${giveBack}`
  // Only read, and each member is checked before it is believed.
  const handle: { readonly [M in keyof OperationHandle]?: unknown } = given
  if (typeof handle.version !== 'number') return `the handle has lost its version; ${giveBack}`
  if (handle.version > version) {
    return `a handle of version ${handle.version} was made by a newer @dcm/core; update this process, or let a newer one finish the operation`
  }
  if (handle.version !== version) {
    return `a handle of version ${handle.version} was made by an older @dcm/core, and this one reads version ${version} only; finish the operation with the older one, or look at what it made and begin anew`
  }
  if (handle.endpoint !== host.endpoint) {
    return `the handle belongs to the endpoint '${handle.endpoint}', not to '${host.endpoint}'; connect to that one`
  }
  if (handle.type !== host.type) {
    return `the handle belongs to the platform '${handle.type}', not to '${host.type}'; connect to that one`
  }
  const broken = brokenMember(handle)
  return broken === undefined ? undefined : `the handle is damaged, its '${broken}' makes no sense; ${giveBack}`
}

function brokenMember(handle: { readonly [M in keyof OperationHandle]?: unknown }): string | undefined {
  const { cursor, kind, of } = handle
  const good: Readonly<Record<string, boolean>> = {
    id: typeof handle.id === 'string',
    kind: typeof kind === 'string',
    of: of === undefined ? kind !== 'cleanUp' : typeof of === 'string' && of !== 'cleanUp',
    revision: Number.isSafeInteger(handle.revision),
    phase: phases.includes(handle.phase),
    cursor:
      isRecord(cursor) &&
      typeof cursor.step === 'string' &&
      Number.isSafeInteger(cursor.index) &&
      stages.includes(cursor.stage),
    state: isRecord(handle.state),
    applied: Array.isArray(handle.applied),
    warnings: Array.isArray(handle.warnings),
  }
  return Object.keys(good).find((member) => !good[member])
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
