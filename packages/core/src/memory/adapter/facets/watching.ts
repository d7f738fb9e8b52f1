import type { ChangeEvent } from '../../../model/facets/events.js'
import type { AdapterFacetOf } from '../../../model/facets/facets.js'
import { Secret } from '../../../secrets/secret.js'
import type { NativeEvent } from '../../platform/watch.js'
import type { Connection } from '../connection.js'
import { lookAt, targetOf } from '../vm-state.js'

const types = { made: 'vm-created', changed: 'vm-changed', gone: 'vm-removed' } as const
const longestPollMs = 1000

/** Cursors name the site's serial and the last event seen: one of another site, or of nobody, gives a reset. */
export function eventsFacet(connection: Connection): AdapterFacetOf<'events'> {
  const { client, endpoint } = connection
  return {
    async next({ cursor }, { signal }) {
      const { serial } = await connection.call('about', {}, signal)
      const after = cursor === undefined ? undefined : numberIn(cursor, serial)
      const { gap, events, last } = await connection.call('event.read', after === undefined ? {} : { after }, signal)
      return {
        events: gap
          ? [{ type: 'reset', at: new Date(client.now()).toISOString() }]
          : events.map((event) => mapEvent(event, endpoint)),
        cursor: `${serial}:${last}`,
        retryAfterMs: Math.min(Math.max(client.pollMs(), 5), longestPollMs),
      }
    },
  }
}

/** The number in a cursor; -1, which no event has, where it is another's. */
function numberIn(cursor: string, serial: string): number {
  const digits = cursor.startsWith(`${serial}:`) ? cursor.slice(serial.length + 1) : ''
  return /^\d{1,15}$/.test(digits) ? Number(digits) : -1
}

function mapEvent({ what, id, generation, host, at }: NativeEvent, endpoint: string): ChangeEvent {
  const ref = { endpoint, id, locator: host, incarnation: generation }
  return { type: types[what], ref, at: new Date(at).toISOString() }
}

export function consoleFacet(connection: Connection): AdapterFacetOf<'console'> {
  return {
    async open({ ref, kind }, { signal }) {
      const vm = await lookAt(connection, ref, signal)
      const { path, ticket, expiresAt } = await connection.call('console.ticket', { ...targetOf(vm), kind }, signal)
      return {
        protocol: kind === 'serial' ? 'terminal' : 'vnc',
        url: `wss://memory.invalid/${path}`,
        secret: new Secret(ticket),
        expiresAt: new Date(expiresAt).toISOString(),
      }
    },
  }
}
