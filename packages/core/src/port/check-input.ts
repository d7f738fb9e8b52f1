import type { Problem } from '../errors/error-codes.js'
import type { Reference, VmRef } from '../model/references.js'
import type { PowerState, VmQuery } from '../model/vm.js'
import { invalidArgument } from '../schema/check.js'
import { didYouMean } from '../schema/nearest.js'
import { unknownFields } from '../schema/unknown-fields.js'

/** The reference with its known fields alone. INVALID_ARGUMENT when it is none, or another endpoint's. */
export function checkRef(ref: VmRef, endpoint: string): VmRef {
  const problems: Problem[] = []
  if (typeof ref !== 'object' || ref === null)
    throw invalidArgument('the VM reference', [{ path: '', message: 'must be an object' }])
  const { id, locator, incarnation } = ref
  if (typeof id !== 'string' || id === '') problems.push({ path: 'ref.id', message: 'must be the id of a VM, a text' })
  if (ref.endpoint !== endpoint) {
    const message = `is of another endpoint: this port is connected to '${endpoint}'`
    problems.push({ path: 'ref.endpoint', message })
  }
  if (locator !== undefined && typeof locator !== 'string')
    problems.push({ path: 'ref.locator', message: 'must be a text' })
  if (incarnation !== undefined && typeof incarnation !== 'string') {
    problems.push({ path: 'ref.incarnation', message: 'must be a text' })
  }
  if (problems.length > 0) throw invalidArgument('the VM reference', problems)
  return { endpoint, id, ...(locator !== undefined && { locator }), ...(incarnation !== undefined && { incarnation }) }
}

const powerStates: Readonly<Record<PowerState, true>> = {
  running: true,
  stopped: true,
  paused: true,
  suspended: true,
  transitioning: true,
  error: true,
  unknown: true,
}

/**
 * Refuses a query whose filters are of no use, and one with a filter that nobody knows: a misspelt one would list
 * everything. Page size and token are the pager's to check.
 */
export function checkQuery(query: VmQuery, known: readonly (keyof VmQuery)[]): void {
  if (typeof query !== 'object' || query === null) throw new TypeError('the query must be an object')
  const problems: Problem[] = [...unknownFields(query, known)]
  const { within, name, powerState, tags } = query
  if (within !== undefined && !isReference(within)) {
    problems.push({ path: 'within', message: 'must be { id } or { name, within? }' })
  }
  if (name !== undefined && typeof name !== 'string') problems.push({ path: 'name', message: 'must be a text' })
  if (powerState !== undefined) problems.push(...powerStateProblems(powerState))
  if (tags !== undefined && !areTexts(tags)) problems.push({ path: 'tags', message: 'must be a list of texts' })
  if (problems.length > 0) throw invalidArgument('the query', problems)
}

function powerStateProblems(given: string | readonly unknown[]): readonly Problem[] {
  const states = typeof given === 'string' ? [given] : given
  const words = Object.keys(powerStates)
  if (!areTexts(states)) return [{ path: 'powerState', message: 'must be a power state or a list of them' }]
  const strange = states.find((state) => !words.includes(state))
  if (strange === undefined) return []
  return [{ path: 'powerState', message: `must be of ${words.join(', ')}${didYouMean(strange, words)}` }]
}

function isReference(value: Reference): boolean {
  if (typeof value !== 'object' || value === null) return false
  if ('id' in value) return typeof value.id === 'string' && !('name' in value)
  return typeof value.name === 'string' && (value.within === undefined || typeof value.within === 'string')
}

function areTexts(value: readonly unknown[]): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
}
