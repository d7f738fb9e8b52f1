import { collectProblems, HypervisorError, type ProblemCollector } from '@dcm/core'
import { humanBytes } from '../map-sizes.js'

/** What a resource does not have enough of. */
interface Shortage {
  readonly resource: string
  readonly requested: number
  readonly available: number
  readonly text: string
}

/** Everything that is wrong with a specification, told at once before anything is written. */
export interface Checks {
  readonly problems: ProblemCollector
  /** Fits the form, but not into what is there. */
  short(resource: string, requested: number, available: number, text?: string): void
  /** The platform, or this storage, cannot do it. */
  unsupported(path: string, text: string): void
  /** A node that is needed does not answer. */
  silent(node: string, text: string): void
  /** The problems of the form first, then what is silent, unsupported, or short. */
  throwIfAny(): void
}

export function createChecks(): Checks {
  const problems = collectProblems()
  const shortages: Shortage[] = []
  const unsupported: { readonly path: string; readonly text: string }[] = []
  const silent: { readonly node: string; readonly text: string }[] = []
  return {
    problems,
    short(resource, requested, available, text) {
      const told = text ?? `${resource}: ${humanBytes(requested)} are asked for, and there are ${humanBytes(available)}`
      shortages.push({ resource, requested, available, text: told })
    },
    unsupported: (path, text) => void unsupported.push({ path, text }),
    silent: (node, text) => void silent.push({ node, text }),
    throwIfAny() {
      problems.throwIfAny('the specification')
      const [dead] = silent
      if (dead) {
        throw new HypervisorError('UNAVAILABLE', silent.map(({ text }) => text).join('; '), {
          retryable: true,
          details: { host: dead.node },
        })
      }
      const [cannot] = unsupported
      if (cannot) {
        const text = unsupported.map(({ path, text }) => `${path}: ${text}`).join('; ')
        throw new HypervisorError('UNSUPPORTED', `the specification: ${text}`, {
          details: { feature: cannot.path, reason: cannot.text },
        })
      }
      const [short] = shortages
      if (short === undefined) return
      const { resource, requested, available } = short
      const text = shortages.map((shortage) => shortage.text).join('; ')
      throw new HypervisorError('RESOURCE_EXHAUSTED', `the specification does not fit: ${text}`, {
        details: { resource, requested, available },
      })
    },
  }
}
