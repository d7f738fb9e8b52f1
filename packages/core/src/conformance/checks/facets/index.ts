export { facetChecks } from './facet-checks.js'
export { facetProbes } from './probes.js'
