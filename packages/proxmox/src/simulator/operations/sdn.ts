import type { Operation } from './operation.js'

/** The seeded cluster defines no software-defined networks of its own: these reads answer with empty lists. */
const emptyLists = [
  'GET /cluster/sdn/zones',
  'GET /cluster/sdn/vnets',
  'GET /cluster/sdn/fabrics/fabric',
  'GET /cluster/sdn/controllers',
  'GET /cluster/sdn/ipams',
  'GET /nodes/{node}/sdn/zones',
] as const

export const sdnOperations: readonly Operation[] = emptyLists.map((key) => ({ key, run: () => ({ data: [] }) }))
