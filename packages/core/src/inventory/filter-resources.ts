import type { Reference, ResourceKind } from '../model/references.js'
import type { Resource } from '../model/resources.js'
import { collectProblems } from './reference-problems.js'
import { isWithin, resolveReference } from './resolve-reference.js'

/** The kinds that others lie in: a list narrowed by `within` has to know them. */
export const containerKinds: readonly ResourceKind[] = ['datacenter', 'cluster', 'host']

/**
 * The resources of the kinds asked for that lie within the one referred to. Throws NOT_FOUND or AMBIGUOUS when the
 * reference does not mean exactly one datacenter, cluster or host. `resources` must hold the containers too.
 */
export function filterResources(
  resources: readonly Resource[],
  kinds: ReadonlySet<ResourceKind>,
  within: Reference | undefined,
): readonly Resource[] {
  if (within === undefined)
    return resources.every(({ kind }) => kinds.has(kind)) ? resources : ofKinds(resources, kinds)
  const containers = ofKinds(resources, new Set(containerKinds))
  const problems = collectProblems()
  const target = { path: 'within', kind: kindOf(within, containers), containers } as const
  const container = resolveReference(within, containers, target, problems)
  problems.throwIfAny('the query')
  if (!container) return []
  return ofKinds(resources, kinds).filter((resource) => isWithin(resource, container.id))
}

function ofKinds(resources: readonly Resource[], kinds: ReadonlySet<ResourceKind>): readonly Resource[] {
  return resources.filter(({ kind }) => kinds.has(kind))
}

/** What to call the missing container: the likeliest guess is the kind that is there most. */
function kindOf(within: Reference, containers: readonly Resource[]): ResourceKind {
  const named = containers.find((container) => 'name' in within && container.name === within.name)
  return named?.kind ?? 'host'
}
