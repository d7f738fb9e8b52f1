import { createPager } from '../inventory/pager.js'
import { publishAudit } from '../observe/channels.js'
import type { AuditEvent, EventSource } from '../observe/events.js'
import type { AnyPlugin } from '../plugin.js'
import type { HypervisorPort } from '../port.js'
import { type Abilities, createAbilities } from './abilities.js'
import { createCaller } from './caller.js'
import { checkRef } from './check-input.js'
import { lazyMutations } from './lazy-mutations.js'
import { createLists } from './lists.js'
import type { Mutator } from './mutator.js'
import type { PortBase, PortParts } from './parts.js'

/** How long a log-out may take before the port is closed without it. */
const longestCloseMs = 30_000

/** The port around an adapter: everything that is the same on every platform. */
export function createPort<P extends AnyPlugin>(parts: PortParts<P>): HypervisorPort<P> {
  const { adapter, endpoint, limiter, logger, plugin, tenant } = parts
  const source: EventSource = { tenant, endpoint, type: plugin.type }
  const controller = new AbortController()
  const closing = controller.signal
  const call = createCaller(source, closing)
  const base: PortBase<P> = { ...parts, source, call, closing, publish: (event) => publish(parts, event) }
  const pager = createPager()
  let mutator: Promise<Mutator> | undefined
  const loadMutator = (): Promise<Mutator> => {
    mutator ??= import('./mutator.js').then(({ createMutator }) => createMutator(base))
    return mutator
  }
  const abilities: Abilities<P> = createAbilities(base, async (name, facet) => {
    const { wrapFacet } = await import('./facets/wrap-facet.js')
    return wrapFacet(name, facet, { base, abilities, mutator: await loadMutator() })
  })
  let closed: Promise<void> | undefined

  async function shutDown(): Promise<void> {
    controller.abort()
    pager.clear()
    try {
      await withinTime(adapter.close(), longestCloseMs)
    } catch (error) {
      logger.warn(`'${endpoint}' was closed, but not logged out of properly`, { endpoint, error: nameOf(error) })
    }
  }

  const close = (): Promise<void> => {
    closed ??= shutDown()
    return closed
  }

  return {
    plugin,
    endpoint,
    async testConnection(options) {
      const report = await call('testConnection', options, (signal) =>
        limiter.run('reads', () => adapter.testConnection({ signal }), signal),
      )
      if (report.ok && report.value.trust === 'untrusted') base.publish(untrusted(source, options?.actor))
      return report
    },
    ...abilities.methods,
    ...createLists(base, pager),
    getVm: (ref, options) =>
      call('getVm', options, async (signal) => {
        const checked = checkRef(ref, endpoint)
        return limiter.run('reads', () => adapter.getVm(checked, { signal }), signal)
      }),
    ...lazyMutations(async () =>
      (await import('./mutations.js')).createMutations(base, abilities, await loadMutator()),
    ),
    close,
    [Symbol.asyncDispose]: close,
  }
}

function untrusted(source: EventSource, actor: string | undefined): AuditEvent {
  const time = new Date().toISOString()
  return { time, ...source, ...(actor !== undefined && { actor }), action: 'allowUntrusted', outcome: 'accepted' }
}

function publish({ audit, logger }: Pick<PortParts<AnyPlugin>, 'audit' | 'logger'>, event: AuditEvent): void {
  publishAudit(event)
  try {
    audit?.(event)
  } catch (error) {
    logger.error('an audit event was lost: the audit function threw', { action: event.action, error: nameOf(error) })
  }
}

/** The kind of an error, without its text, which may hold anything. */
function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error
}

async function withinTime(work: Promise<void>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('too late')), ms)
  })
  try {
    await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
