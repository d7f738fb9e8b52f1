import { HypervisorError } from '../../../errors/hypervisor-error.js'
import { collectProblems } from '../../../inventory/reference-problems.js'
import {
  type ReferenceCandidate,
  type ReferenceTarget,
  resolveReference,
} from '../../../inventory/resolve-reference.js'
import type { Reference, ResourceKind } from '../../../model/references.js'
import type { Connection } from '../connection.js'
import { mapResources } from '../map-resources.js'

/** The id that a reference means. NOT_FOUND or AMBIGUOUS name the path. One native call. */
export async function resolveId(
  connection: Connection,
  site: string,
  reference: Reference,
  kind: ResourceKind,
  path: string,
  signal: AbortSignal,
): Promise<string> {
  const resources = mapResources(await connection.call('inventory', {}, signal), site)
  const containers = resources.filter((one) => ['host', 'cluster', 'datacenter'].includes(one.kind))
  return resolveAmong(
    resources.filter((one) => one.kind === kind),
    reference,
    { path, kind, containers },
  )
}

/** The id of the candidate that a reference means. NOT_FOUND or AMBIGUOUS name the path. */
export function resolveAmong(
  candidates: readonly ReferenceCandidate[],
  reference: Reference,
  target: ReferenceTarget,
): string {
  const problems = collectProblems()
  const found = resolveReference(reference, candidates, target, problems)
  problems.throwIfAny('the input')
  return found?.id ?? ''
}

/** The same, undefined where there is no such thing (any more). */
export function findAmong(...args: Parameters<typeof resolveAmong>): string | undefined {
  try {
    return resolveAmong(...args)
  } catch (reason) {
    if (HypervisorError.isInstance(reason) && reason.code === 'NOT_FOUND') return undefined
    throw reason
  }
}
