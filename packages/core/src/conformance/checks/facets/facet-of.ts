import type { FacetName, FacetOf } from '../../../model/facets/facets.js'
import type { OperationKind, OperationResults } from '../../../operations/handle.js'
import type { Operation } from '../../../operations/operation.js'
import type { HypervisorPort } from '../../../port.js'
import type { Result } from '../../../result.js'
import { value } from '../../assert.js'
import { type CheckContext, only } from '../../check.js'
import { patienceMs } from '../../patience.js'

/** The facet; the check is skipped where the endpoint does not list it. */
export async function facetOf<K extends FacetName>(
  name: K,
  port: HypervisorPort,
  { capabilities }: Pick<CheckContext, 'capabilities'>,
): Promise<FacetOf<K>> {
  only((await capabilities()).facets.includes(name), `the endpoint does not list the facet '${name}'`)
  return value(await port.facet(name), `facet('${name}')`)
}

/** Waits for a change that should succeed. */
export async function finish<K extends OperationKind>(
  started: Promise<Result<Operation<K>>>,
  what: string,
): Promise<OperationResults[K]> {
  return value(await value(await started, what).wait({ timeoutMs: patienceMs }), what)
}

/** How a change ended, be it refused at once or later. */
export async function ending<K extends OperationKind>(
  started: Promise<Result<Operation<K>>>,
): Promise<Result<unknown>> {
  const begun = await started
  return begun.ok ? begun.value.wait({ timeoutMs: patienceMs }) : begun
}
