import type { ErrorDetails, Missing, Problem } from '../errors/error-codes.js'
import { HypervisorError } from '../errors/hypervisor-error.js'
import type { Reference } from '../model/references.js'

type Ambiguity = ErrorDetails['AMBIGUOUS']['references'][number]

/** Gathers everything that is wrong with an input, so that a caller learns all of it at once. */
export interface ProblemCollector {
  /** Wrong in itself: too large, too long, not of the platform's form. */
  invalid(path: string, message: string): void
  /** Names something that is not there. */
  missing(missing: Missing, hint?: string): void
  /** A name that fits several things. */
  ambiguous(ambiguity: Ambiguity): void
  readonly isEmpty: boolean
  /**
   * Throws one error if there is any problem: INVALID_ARGUMENT before NOT_FOUND before AMBIGUOUS. Its details list all
   * problems of that code, its message all problems there are. `subject` begins the message: `the specification`.
   */
  throwIfAny(subject: string): void
}

const mostShown = 10

export function collectProblems(): ProblemCollector {
  const invalid: Problem[] = []
  const missing: Missing[] = []
  const ambiguous: Ambiguity[] = []
  const told: { readonly of: 'invalid' | 'missing' | 'ambiguous'; readonly text: string }[] = []
  return {
    get isEmpty() {
      return told.length === 0
    },
    invalid(path, message) {
      invalid.push({ path, message })
      told.push({ of: 'invalid', text: at(path, message) })
    },
    missing(entry, hint = '') {
      missing.push(entry)
      told.push({
        of: 'missing',
        text: at(entry.path, `no ${entry.kind} ${describeReference(entry.reference)}${hint}`),
      })
    },
    ambiguous(ambiguity) {
      ambiguous.push(ambiguity)
      const { reference, candidates, path } = ambiguity
      const choices = candidates.slice(0, mostShown).map(({ id, within }) => (within ? `${id} (in ${within})` : id))
      const text = `${describeReference(reference)} fits ${candidates.length} things; give one of the ids ${choices.join(', ')}`
      told.push({ of: 'ambiguous', text: at(path, text) })
    },
    throwIfAny(subject) {
      if (told.length === 0) return
      const order = ['invalid', 'missing', 'ambiguous'] as const
      const texts = order.flatMap((kind) => told.filter(({ of }) => of === kind).map(({ text }) => text))
      const more = texts.length > mostShown ? `; and ${texts.length - mostShown} more` : ''
      const message = `${subject}: ${texts.slice(0, mostShown).join('; ')}${more}`
      if (invalid.length > 0) throw new HypervisorError('INVALID_ARGUMENT', message, { details: { problems: invalid } })
      if (missing.length > 0) throw new HypervisorError('NOT_FOUND', message, { details: { missing } })
      throw new HypervisorError('AMBIGUOUS', message, { details: { references: ambiguous } })
    },
  }
}

/** `with the id 'x'`, or `named 'x' within 'y'`. */
export function describeReference(reference: Reference): string {
  if ('id' in reference) return `with the id '${reference.id}'`
  return `named '${reference.name}'${reference.within === undefined ? '' : ` within '${reference.within}'`}`
}

function at(path: string | undefined, text: string): string {
  return path === undefined || path === '' ? text : `${path}: ${text}`
}
