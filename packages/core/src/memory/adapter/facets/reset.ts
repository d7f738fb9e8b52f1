import type { AdapterFacetOf } from '../../../model/facets/facets.js'
import type { VmRef } from '../../../model/references.js'
import type { Connection } from '../connection.js'
import { restart } from '../power.js'

/** A hard restart by another name: `vm.reset` boots a VM anew without switching it off. */
export function resetFacet(connection: Connection): AdapterFacetOf<'reset'> {
  const reset = restart<{ readonly ref: VmRef }>(connection, () => ({ mode: 'hard', graceMs: 0 }))
  return { reset }
}
