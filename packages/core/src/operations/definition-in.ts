import type { HypervisorAdapter } from '../adapter.js'
import { HypervisorError } from '../errors/hypervisor-error.js'
import type { OperationKind } from './handle.js'
import type { AnyDefinition } from './track.js'

/** How the adapter does operations of this kind: one of the port's verbs, or `<facet>.<method>`. */
export function definitionIn(
  adapter: Pick<HypervisorAdapter, 'operations' | 'facets'>,
  kind: Exclude<OperationKind, 'cleanUp'>,
): AnyDefinition {
  const [first, method] = kind.split('.')
  const owner: object = method === undefined ? adapter.operations : (Object(adapter.facets)[first ?? ''] ?? {})
  const definition: unknown = Object.entries(owner).find(([name]) => name === (method ?? first))?.[1]
  // Each definition reads the input that the port made for its kind.
  if (typeof definition === 'object' && definition !== null) return definition as AnyDefinition
  const message = `this version of the plugin cannot do '${kind}'; use the one that began it`
  throw new HypervisorError('UNSUPPORTED', message, { details: { feature: kind } })
}
