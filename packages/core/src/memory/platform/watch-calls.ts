import type { Handlers } from './handlers.js'
import { NativeRefusal } from './native-error.js'
import type { NativeVm } from './native-types.js'
import { needVm, nextId, type Site, siteTime } from './site.js'
import type { NativeEvent } from './watch.js'

type WatchCall = 'event.read' | 'console.ticket'

/** How many events are kept: who reads too seldom is told that there is a gap. */
const mostEvents = 1000
const ticketMs = 30_000

/** What changed, and the way to a VM's screen. */
export const watchCalls: Pick<Handlers, WatchCall> = {
  'event.read': (site, { after }) => {
    notice(site)
    const { events, last, forgotten } = site.watch
    // A number that was never given belongs to another life of this platform.
    if (after !== undefined && (after < forgotten || after > last)) return { gap: true, events: [], last }
    return { gap: false, events: after === undefined ? [] : events.filter(({ number }) => number > after), last }
  },
  'console.ticket': (site, { kind, ...target }) => {
    const vm = needVm(site, target)
    if (vm.bootedAt === undefined && vm.state !== 'BOOTING') {
      throw new NativeRefusal('WRONG_STATE', `'${vm.id}' is ${vm.state}: there is nothing to see`)
    }
    const path = `${kind}/${nextId(site, 'console')}`
    return { path, ticket: crypto.randomUUID(), expiresAt: siteTime(site) + ticketMs }
  },
}

/** Compares the VMs with what was seen before: several changes of one VM between two looks are one event. */
function notice(site: Site): void {
  const { watch } = site
  const now = new Map(
    [...site.vms.values()].filter(({ template }) => !template).map((vm) => [vm.generation, lookOf(vm)]),
  )
  for (const [generation, { id, host }] of watch.seen) {
    if (!now.has(generation)) add(site, { what: 'gone', id, host, generation })
  }
  for (const [generation, { id, host, look }] of now) {
    const before = watch.seen.get(generation)
    if (before?.look !== look) add(site, { what: before ? 'changed' : 'made', id, host, generation })
  }
  watch.seen = now
  const surplus = watch.events.length - mostEvents
  if (surplus > 0) watch.forgotten = watch.events.splice(0, surplus).at(-1)?.number ?? watch.forgotten
}

function add(site: Site, event: Pick<NativeEvent, 'what' | 'id' | 'generation' | 'host'>): void {
  site.watch.last += 1
  site.watch.events.push({ ...event, number: site.watch.last, at: siteTime(site) })
}

function lookOf(vm: NativeVm): { readonly id: string; readonly host: string; readonly look: string } {
  return { id: vm.id, host: vm.host, look: JSON.stringify(vm) }
}
