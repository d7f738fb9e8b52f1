import type { FailedCall, HypervisorAdapter } from '../adapter.js'
import { HypervisorError } from '../errors/hypervisor-error.js'
import type { JsonObject } from '../json.js'
import { targetOf } from '../observe/about-input.js'
import type { AnyOperationDefinition, StepContext } from '../operations/step.js'
import type { AnyDefinition, AnyStep } from '../operations/track.js'

/** Runs a call of the adapter; whatever it throws leaves as its `mapError` has it. */
type Guard = <T>(operation: string, input: unknown, work: () => T) => T

/**
 * The adapter as core uses it: what its methods, every hook of its steps and its facets throw was given to its `mapError`
 * first, so that no part of a plugin has to see to that itself.
 */
export function guardAdapter(adapter: HypervisorAdapter): HypervisorAdapter {
  const guard = createGuard(adapter)
  const { createVm, startVm, stopVm, restartVm, deleteVm } = adapter.operations
  return {
    native: adapter.native,
    platformIdentity: (context) => guard('platformIdentity', undefined, () => adapter.platformIdentity(context)),
    testConnection: (context) => guard('testConnection', undefined, () => adapter.testConnection(context)),
    capabilities: (context) => guard('capabilities', undefined, () => adapter.capabilities(context)),
    listResources: (kinds, context) => guard('listResources', undefined, () => adapter.listResources(kinds, context)),
    listVms: (query, context) => guard('listVms', undefined, () => adapter.listVms(query, context)),
    getVm: (ref, context) => guard('getVm', { ref }, () => adapter.getVm(ref, context)),
    operations: {
      createVm: guardDefinition('createVm', createVm, guard),
      startVm: guardDefinition('startVm', startVm, guard),
      stopVm: guardDefinition('stopVm', stopVm, guard),
      restartVm: guardDefinition('restartVm', restartVm, guard),
      deleteVm: guardDefinition('deleteVm', deleteVm, guard),
    },
    facets: guardFacets(adapter.facets, guard),
    ...(adapter.now && { now: adapter.now.bind(adapter) }),
    ...(adapter.sessionId && { sessionId: adapter.sessionId.bind(adapter) }),
    close: () => adapter.close(),
  }
}

function createGuard(adapter: HypervisorAdapter): Guard {
  return (operation, input, work) => {
    const rethrow = (thrown: unknown): never => {
      const resource = targetOf(input)
      throw inOurWords(adapter, thrown, { operation, ...(resource !== undefined && { resource }) })
    }
    try {
      const answer = work()
      // `times` and `leftovers` answer at once, everything else promises.
      return answer instanceof Promise ? (answer.catch(rethrow) as typeof answer) : answer
    } catch (thrown) {
      return rethrow(thrown)
    }
  }
}

/** What nobody knows goes on as it is: whoever called knows whether it may have changed anything. */
function inOurWords(adapter: HypervisorAdapter, thrown: unknown, call: FailedCall): unknown {
  if (HypervisorError.isInstance(thrown)) return thrown
  const mapped = adapter.mapError?.(thrown, call)
  if (mapped) return mapped
  if (!(thrown instanceof Error) || (thrown.name !== 'AbortError' && thrown.name !== 'TimeoutError')) return thrown
  return new HypervisorError('CANCELLED', 'the call was aborted', { ...call, outcome: 'unknown', cause: thrown })
}

function guardDefinition<Input, Output>(
  operation: string,
  definition: AnyOperationDefinition<Input, Output>,
  guard: Guard,
): AnyOperationDefinition<Input, Output> {
  const { steps, always } = definition
  for (const list of [steps, always ?? [], ...steps.map(({ undo }) => undo ?? [])]) assertOwnNames(operation, list)
  return {
    steps: steps.map((step) => guardStep(operation, step, guard)),
    ...(always && { always: always.map((step) => guardStep(operation, step, guard)) }),
    result: (context) => guard(operation, context.input, () => definition.result(context)),
  }
}

/** A handle finds its step by name: of two with one name the first would be done again and again. */
function assertOwnNames(operation: string, steps: readonly AnyStep[]): void {
  const twice = steps.find(({ name }, index) => steps.findIndex((step) => step.name === name) < index)
  if (!twice) return
  const message = `the adapter has two steps '${twice.name}' in '${operation}', and handles find steps by their names: give each its own`
  throw new HypervisorError('INTERNAL', message)
}

/** All its functions, whatever their names: a hook that steps learn later is guarded too. */
function guardStep<S extends AnyStep>(operation: string, step: S, guard: Guard): S {
  const members = membersOf(step).map(([name, member]) => [
    name,
    typeof member === 'function'
      ? (context: StepContext<unknown, JsonObject>, ...rest: readonly unknown[]): unknown =>
          guard(operation, context.input, () => Reflect.apply(member, step, [context, ...rest]))
      : member,
  ])
  const undo = step.undo?.map((part) => guardStep(operation, part, guard))
  // The members of the step, each of the type it had.
  return { ...Object.fromEntries(members), ...(undo && { undo }) } as S
}

function guardFacets(facets: HypervisorAdapter['facets'], guard: Guard): HypervisorAdapter['facets'] {
  const guarded = membersOf(facets).map(([name, facet]) => [name, guardFacet(name, Object(facet), guard)])
  // The same facets under the same names.
  return Object.fromEntries(guarded) as HypervisorAdapter['facets']
}

function guardFacet(name: string, facet: object, guard: Guard): object {
  const members = membersOf(facet).map(([method, member]) => {
    const operation = `${name}.${method}`
    if (typeof member === 'function') {
      const read = (input: unknown, ...rest: readonly unknown[]): unknown =>
        guard(operation, input, () => Reflect.apply(member, facet, [input, ...rest]))
      return [method, read]
    }
    // A member that is neither is told when the facet is asked for.
    const isDefinition = typeof member === 'object' && member !== null
    return [method, isDefinition ? guardDefinition(operation, member as AnyDefinition, guard) : member]
  })
  return Object.fromEntries(members)
}

/** All members, also those of a class or another prototype: a plugin may be written in any way. */
function membersOf(target: object): readonly (readonly [string, unknown])[] {
  const names = new Set<string>()
  for (let at: object = target; at !== Object.prototype && at !== null; at = Object.getPrototypeOf(at)) {
    for (const name of Object.getOwnPropertyNames(at)) if (name !== 'constructor') names.add(name)
  }
  return [...names].map((name) => [name, Reflect.get(target, name)])
}
