import type { MemoryClock } from './clock.js'
import { createGuests, type Guests } from './guests.js'
import { createMetrics, type Metrics } from './metrics.js'
import { NativeRefusal } from './native-error.js'
import type { NativeSnapshot } from './native-snapshots.js'
import type {
  NativeFolder,
  NativeHost,
  NativeImage,
  NativeNet,
  NativePool,
  NativeRight,
  NativeStore,
  NativeTask,
  NativeVm,
  NativeVolume,
} from './native-types.js'
import type { MemoryTimings } from './timings.js'
import { createWatch, type Watch } from './watch.js'

export interface Account {
  password: string
  rights: NativeRight[]
}

/** A task with what only the platform knows of it. */
export interface WorkingTask extends NativeTask {
  /** Applied when its time has come; what it throws is why the task failed. */
  finish: () => void
  /** Applied when it is stopped or fails; absent: it cannot be stopped. */
  abandon?: () => void
}

/** Everything that one endpoint of the platform holds. */
export interface Site {
  readonly name: string
  readonly serial: string
  readonly clock: MemoryClock
  readonly timings: MemoryTimings
  readonly accounts: Map<string, Account>
  /** Session to user. */
  readonly sessions: Map<string, string>
  readonly hosts: Map<string, NativeHost>
  readonly stores: Map<string, NativeStore>
  readonly nets: Map<string, NativeNet>
  readonly pools: Map<string, NativePool>
  readonly images: Map<string, NativeImage>
  readonly folders: Map<string, NativeFolder>
  readonly vms: Map<string, NativeVm>
  readonly volumes: Map<string, NativeVolume>
  readonly tasks: Map<string, WorkingTask>
  /** Of each VM, by its generation. */
  readonly snapshots: Map<string, { readonly list: NativeSnapshot[]; readonly current?: string }>
  readonly watch: Watch
  readonly guests: Guests
  readonly metrics: Metrics
  /** Abilities that it does not have, as an endpoint without the licence. */
  readonly lacks: readonly string[]
  /** Moves the site's clock against the platform's. */
  skewMs: number
  /** For ids that are never given twice. */
  serials: number
}

export function createSite(
  name: string,
  clock: MemoryClock,
  timings: MemoryTimings,
  lacks: readonly string[] = [],
): Site {
  return {
    name,
    serial: `memory-${name}`,
    clock,
    timings,
    accounts: new Map([['operator', { password: 'memory', rights: ['look', 'build', 'power', 'remove'] }]]),
    sessions: new Map(),
    hosts: new Map(),
    stores: new Map(),
    nets: new Map(),
    pools: new Map(),
    images: new Map(),
    folders: new Map(),
    vms: new Map(),
    volumes: new Map(),
    tasks: new Map(),
    snapshots: new Map(),
    watch: createWatch(),
    guests: createGuests(),
    metrics: createMetrics(),
    lacks,
    skewMs: 0,
    serials: 0,
  }
}

/** The site's own time, epoch milliseconds. */
export function siteTime(site: Site): number {
  return site.clock.now() + site.skewMs
}

/** An id that no other thing of the site has or had: `vol-17`. */
export function nextId(site: Site, prefix: string): string {
  site.serials += 1
  return `${prefix}-${site.serials}`
}

/** The object of that id. Refuses with NO_SUCH_OBJECT. */
export function need<T>(things: ReadonlyMap<string, T>, id: string, what: string): T {
  const thing = things.get(id)
  if (thing === undefined) throw new NativeRefusal('NO_SUCH_OBJECT', `there is no ${what} '${id}'`)
  return thing
}

/** The VM that a call means, on a host that answers. */
export function needVm(site: Site, target: { readonly id: string; readonly generation?: string }): NativeVm {
  const vm = site.vms.get(target.id)
  if (!vm) throw new NativeRefusal('NO_SUCH_VM', `there is no VM '${target.id}'`)
  if (target.generation !== undefined && target.generation !== vm.generation) {
    throw new NativeRefusal('REPLACED', `'${target.id}' is another VM by now`)
  }
  const host = site.hosts.get(vm.host)
  if (host?.state === 'down')
    throw new NativeRefusal('HOST_DOWN', `host '${vm.host}' does not answer`, { host: vm.host })
  return vm
}

/** The same, if nothing holds it. */
export function needFreeVm(site: Site, target: { readonly id: string; readonly generation?: string }): NativeVm {
  const vm = needVm(site, target)
  if (vm.lock !== undefined) throw new NativeRefusal('LOCKED', `'${vm.id}' is locked (${vm.lock})`, { lock: vm.lock })
  return vm
}
