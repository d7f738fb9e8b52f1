import type { Missing } from '../errors/error-codes.js'
import type { Reference } from '../model/references.js'
import { didYouMean } from '../schema/nearest.js'
import type { ProblemCollector } from './reference-problems.js'

/** What a reference may point at. */
export interface ReferenceCandidate {
  readonly id: string
  readonly name: string
  /** Ids of what it lies in. */
  readonly within: readonly string[]
  /** Ids of the hosts that reach it. */
  readonly hosts?: readonly string[]
}

/** What a reference is meant to be. */
export interface ReferenceTarget {
  /** Where the reference stands in the input: `disks[1].datastore`. */
  readonly path?: string
  readonly kind: Missing['kind']
  /** What `within` may name: hosts, clusters, datacenters. Their ids are understood without it. */
  readonly containers?: readonly ReferenceCandidate[]
}

/**
 * The one candidate that the reference means. When there is none or more than one, the problem is collected and the
 * answer is undefined: a name is never guessed.
 */
export function resolveReference<C extends ReferenceCandidate>(
  reference: Reference,
  candidates: readonly C[],
  target: ReferenceTarget,
  problems: ProblemCollector,
): C | undefined {
  const { path, kind, containers = [] } = target
  const place = path === undefined ? {} : { path }
  const named = candidates.filter((candidate) =>
    'id' in reference ? candidate.id === reference.id : candidate.name === reference.name,
  )
  const fitting = named.filter((candidate) => liesWithin(candidate, reference, containers))
  const [only] = fitting
  if (only && (fitting.length === 1 || fitting.every(({ id }) => id === only.id))) return only
  if (only) {
    const list = fitting.map(({ id, name, within }) => ({
      id,
      name,
      ...(within[0] !== undefined && { within: within[0] }),
    }))
    problems.ambiguous({ ...place, reference, candidates: list })
    return undefined
  }
  problems.missing({ ...place, kind, reference }, hintFor(reference, candidates, named))
  return undefined
}

/** Does it lie in the container of that id, or does that host reach it? */
export function isWithin(candidate: Pick<ReferenceCandidate, 'within' | 'hosts'>, containerId: string): boolean {
  return candidate.within.includes(containerId) || (candidate.hosts?.includes(containerId) ?? false)
}

function liesWithin(
  candidate: ReferenceCandidate,
  reference: Reference,
  containers: readonly ReferenceCandidate[],
): boolean {
  if ('id' in reference || reference.within === undefined) return true
  if (isWithin(candidate, reference.within)) return true
  return containers.some(({ id, name }) => name === reference.within && isWithin(candidate, id))
}

function hintFor(
  reference: Reference,
  candidates: readonly ReferenceCandidate[],
  named: readonly ReferenceCandidate[],
): string {
  if (candidates.length === 0) return ' - there are none that can be seen here'
  if (named.length > 0) return ` - it lies in ${named.map(({ within }) => within[0] ?? 'nothing').join(', ')}`
  const given = 'id' in reference ? reference.id : reference.name
  const other = candidates.find(({ id, name }) => ('id' in reference ? name : id) === given)
  if (other) return 'id' in reference ? ' - that is a name; give { name }' : ' - that is an id; give { id }'
  const words = [...new Set(candidates.map(({ id, name }) => ('id' in reference ? id : name)))]
  return didYouMean(given, words) || ` - there are ${words.slice(0, 5).join(', ')}${words.length > 5 ? ', ...' : ''}`
}
