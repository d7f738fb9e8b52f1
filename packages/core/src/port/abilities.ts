import { HypervisorError } from '../errors/hypervisor-error.js'
import type { Capabilities } from '../model/capabilities.js'
import type { AdapterFacetOf, FacetName, FacetOf } from '../model/facets/facets.js'
import type { AnyPlugin } from '../plugin.js'
import type { HypervisorPort } from '../port.js'
import type { PortBase } from './parts.js'

export interface Abilities<P extends AnyPlugin> {
  readonly methods: Pick<HypervisorPort<P>, 'capabilities' | 'supports' | 'facet'>
  /** The capabilities as they were at most a minute ago: good enough to check an input against. */
  recent(signal: AbortSignal): Promise<Capabilities>
}

const recentMs = 60_000

/** Puts around an adapter's facet what is the same on every platform. */
export type WrapFacet = <K extends FacetName>(name: K, facet: AdapterFacetOf<K>) => Promise<FacetOf<K>>

/** Capabilities, and the facets they list. */
export function createAbilities<P extends AnyPlugin>(base: PortBase<P>, wrap: WrapFacet): Abilities<P> {
  const { adapter, call, limiter, plugin } = base
  let last: { readonly capabilities: Capabilities; readonly at: number } | undefined

  async function live(signal: AbortSignal): Promise<Capabilities> {
    const capabilities = await limiter.run('reads', () => adapter.capabilities({ signal }), signal)
    last = { capabilities, at: performance.now() }
    return capabilities
  }

  /** Why the facet is not to be had, or undefined. */
  function whyNot(capabilities: Capabilities, name: FacetName): string | undefined {
    if (!plugin.facets.includes(name)) return `${plugin.displayName} has no such facet in ${plugin.packageName}`
    if (capabilities.facets.includes(name)) return undefined
    return capabilities.missingFacets[name] ?? 'this endpoint does not list it'
  }

  return {
    async recent(signal) {
      return last && performance.now() - last.at < recentMs ? last.capabilities : live(signal)
    },
    methods: {
      capabilities: (options) => call('capabilities', options, live),
      supports: (name, options) =>
        call('supports', options, async (signal) => whyNot(await live(signal), name) === undefined),
      facet: <K extends P['facets'][number]>(name: K, options: Parameters<HypervisorPort['facet']>[1]) =>
        call('facet', options, async (signal) => {
          const reason = whyNot(await live(signal), name)
          if (reason !== undefined) {
            const details = { feature: name, reason }
            throw new HypervisorError('UNSUPPORTED', `no facet '${name}': ${reason}`, { details })
          }
          const facet: AdapterFacetOf<K> | undefined = adapter.facets[name]
          if (facet !== undefined) return wrap<K>(name, facet)
          throw new TypeError(`the capabilities list the facet '${name}', but the adapter does not have it`)
        }),
    },
  }
}
