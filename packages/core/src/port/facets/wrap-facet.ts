import type { AdapterContext, OperationInputs } from '../../adapter.js'
import type { AdapterFacetOf, AuditedRead, FacetName, FacetOf, FacetOperationKind } from '../../model/facets/facets.js'
import { aboutInput } from '../../observe/about-input.js'
import type { Operation } from '../../operations/operation.js'
import type { AnyPlugin } from '../../plugin.js'
import type { CallOptions, CreateVmOptions } from '../../port.js'
import type { Result } from '../../result.js'
import { checkValue, invalidArgument } from '../../schema/check.js'
import type { Schema } from '../../schema/schema.js'
import type { Abilities } from '../abilities.js'
import { checkCreateOptions } from '../check-options.js'
import type { Mutator } from '../mutator.js'
import type { PortBase } from '../parts.js'
import { checkValues, hasValues } from './check-values.js'
import { facetRules } from './rules.js'

/** What the methods of facets stand on. */
export interface FacetHost<P extends AnyPlugin> {
  readonly base: PortBase<P>
  readonly abilities: Pick<Abilities<P>, 'recent'>
  readonly mutator: Mutator
}

type Read = (input: object, context: AdapterContext) => Promise<unknown>
type Method = (input?: object, options?: CreateVmOptions) => Promise<Result<unknown>>

const audited: ReadonlySet<string> = new Set<AuditedRead>(['console.open', 'guest.readFile', 'guest.writeFile'])

/**
 * The adapter's facet with results, input checks, audit, lanes, deadlines and operations around it. TypeError when the
 * adapter lacks one of its methods: a facet works whole, or is not listed.
 */
export function wrapFacet<K extends FacetName, P extends AnyPlugin>(
  name: K,
  facet: AdapterFacetOf<K>,
  host: FacetHost<P>,
): FacetOf<K> {
  const rules = facetRules(host.base.endpoint)[name]
  const methods: [string, Method][] = []
  for (const [method, rule] of schemasIn(rules.reads)) {
    const read = memberOf(facet, method)
    if (typeof read !== 'function') throw incomplete(name, method)
    // The adapter's types give each read the input that the rule of its name gives.
    methods.push([method, readMethod(`${name}.${method}`, rule, read.bind(facet) as Read, host)])
  }
  for (const [method, rule] of schemasIn(rules.operations)) {
    if (typeof memberOf(facet, method) !== 'object') throw incomplete(name, method)
    // The rules name operations exactly as the table of kinds does.
    methods.push([method, operationMethod(`${name}.${method}` as FacetOperationKind, rule, host)])
  }
  // Exactly the methods of this facet's tables, each around the adapter's of that name.
  return Object.freeze(Object.fromEntries(methods)) as FacetOf<K>
}

function readMethod<P extends AnyPlugin>(
  kind: string,
  rule: Schema<object>,
  read: Read,
  { base, abilities, mutator }: FacetHost<P>,
): Method {
  const writes = kind === 'guest.writeFile'
  return async (given = {}, options: CallOptions = {}) => {
    // The set holds exactly the audited reads.
    const attempt = audited.has(kind) ? mutator.auditor.attempt(kind as AuditedRead, options.actor) : undefined
    let sent = false
    const result = await base.call(
      kind,
      options,
      async (signal) => {
        const input = await checked(kind, rule, given)
        const { target = '', parameters } = aboutInput('dataBase64' in input ? { ...input, dataBase64: '' } : input)
        attempt?.about(target, parameters)
        if (hasValues(kind, input)) checkValues(kind, input, await abilities.recent(signal))
        const work = (): Promise<unknown> => {
          sent = writes
          return read(input, { signal })
        }
        return base.limiter.run(writes ? 'mutations' : 'reads', work, signal)
      },
      () => sent,
    )
    if (result.ok) attempt?.done()
    else attempt?.refused(result.error)
    return result
  }
}

function operationMethod<K extends FacetOperationKind, P extends AnyPlugin>(
  kind: K,
  rule: Schema<object>,
  { abilities, mutator }: FacetHost<P>,
): (input?: object, options?: CreateVmOptions) => Promise<Result<Operation<K>>> {
  return (given = {}, options = {}) =>
    mutator.mutate(kind, options, async (signal) => {
      checkCreateOptions(options)
      const input = await checked(kind, rule, given)
      if (hasValues(kind, input)) checkValues(kind, input, await abilities.recent(signal))
      const { target = '', parameters } = aboutInput(input)
      // Read by the schema of this kind.
      return { input: input as OperationInputs[K], target, parameters }
    })
}

async function checked(kind: string, rule: Schema<object>, given: object): Promise<object> {
  const answer = await checkValue(rule, given)
  if (answer.problems) throw invalidArgument(`the input of ${kind}`, answer.problems)
  return answer.value
}

function schemasIn(rules: object): readonly [string, Schema<object>][] {
  return Object.entries(rules)
}

function memberOf(facet: object, method: string): unknown {
  return Object.entries(facet).find(([name]) => name === method)?.[1]
}

function incomplete(name: string, method: string): TypeError {
  return new TypeError(`the adapter's facet '${name}' has no '${method}'`)
}
