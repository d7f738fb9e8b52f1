import { dropVm } from './build-calls.js'
import type { Fault, FaultTarget } from './faults.js'
import type { NativeLogEntry, NativeLogFilter } from './log.js'
import { noteMetrics } from './metrics.js'
import type { NativeCode, NativeFacts } from './native-error.js'
import type { NativeRight, NativeVm, NativeVolume } from './native-types.js'
import { forgetTask, type MemoryPlatform } from './platform.js'
import { addVm } from './seed.js'
import { need, type Site } from './site.js'
import { settleTasks } from './tasks.js'
import type { MemoryTimings } from './timings.js'

/** When a fault strikes: after so many calls, so many times. Default: the next call, once. */
export interface When {
  readonly after?: number
  readonly times?: number
}

/**
 * Everything that tests do behind the platform's back. Plain data in and out, so that it works over the wire as well.
 * `site` may be left out where there is one only.
 */
export interface MemoryControl {
  /** The next such call is refused with this native code, and changes nothing. */
  fail(
    call: FaultTarget,
    code: NativeCode,
    when?: When & { readonly text?: string; readonly facts?: NativeFacts },
  ): void
  /** Any fault, at the calls it is meant for. */
  inject(call: FaultTarget, fault: Fault, when?: When): void
  /** The next such call is carried out; its answer never arrives. */
  loseReply(call: FaultTarget, when?: When): void
  /** The next such call is carried out and never answered. */
  holdReply(call: FaultTarget, when?: When): void
  /** The next such call never arrives, so nothing is done. */
  loseRequest(call: FaultTarget, when?: When): void
  /** The task that the next such call begins fails with this text. */
  failTask(call: FaultTarget, text: string, when?: When): void
  /** The task that the next such call begins ends well, with this warning. */
  warnTask(call: FaultTarget, text: string, when?: When): void
  /** The platform forgets the task that the next such call begins; the work goes on. */
  vanishTask(call: FaultTarget, when?: When): void
  /** Forgets every running task; the work goes on. */
  vanishTasks(site?: string): void
  /** Answers to such calls take this long, in real milliseconds. */
  slow(call: FaultTarget, ms: number, when?: When): void
  /** Takes back all faults that have not struck, and heals hosts and clocks. */
  clearFaults(): void
  /** Drains a host or takes it down, until it is `ready` again. */
  hostState(host: string, state: 'ready' | 'drained' | 'down', site?: string): void
  /** Locks a VM as somebody else's work would; null unlocks it. */
  lock(vm: string, lock: string | null, site?: string): void
  /** Sets the platform's clock wrong by so many milliseconds. */
  skewClock(ms: number, site?: string): void
  /** Forgets all sessions: whoever goes on must log in anew. */
  expireSessions(site?: string): void
  /** Adds an account, or changes its password and rights. */
  setAccount(user: string, password: string, rights: readonly NativeRight[], site?: string): void
  /** Adds a VM that is simply there; what `wanted` leaves out has defaults. */
  addVm(wanted: Parameters<typeof addVm>[1], site?: string): NativeVm
  /** Adds so many VMs that are simply there, named `filler-1`, `filler-2` and so on, over all hosts. */
  fill(count: number, site?: string): void
  /** Changes anything about a VM, at once and whatever its state. */
  changeVm(vm: string, changes: Partial<NativeVm>, site?: string): void
  /** How the guest behaves. */
  guest(vm: string, changes: Partial<NativeVm['guest']>, site?: string): void
  /** Removes a VM at once. */
  removeVm(vm: string, site?: string): void
  /** Removes a VM and puts another one under its id. */
  replaceVm(vm: string, site?: string): void
  /** Sets how many bytes of a store are still free. */
  freeBytes(store: string, bytes: number, site?: string): void
  /** Forgets all events so far: whoever goes on from one of them is told of a gap. */
  dropEvents(site?: string): void
  /** Changes how long tasks take from now on. */
  timings(changes: Partial<MemoryTimings>): void
  /** Moves time forward, and ends the tasks that are due. */
  advance(ms: number): void
  /** The platform's time, epoch milliseconds. */
  now(): number
  /** All VMs that are no templates, as the platform holds them. */
  vms(site?: string): readonly NativeVm[]
  /** All volumes, those that belong to no VM too. */
  volumes(site?: string): readonly NativeVolume[]
  /** The calls that arrived, oldest first. */
  log(filter?: NativeLogFilter): readonly NativeLogEntry[]
  /** How many calls arrived. */
  count(filter?: NativeLogFilter): number
  /** Empties the log, and counts concurrency and connections anew. */
  clearLog(): void
  /** The most calls that were under way at once since the log was cleared. */
  concurrency(): number
  /** The most connections that native calls came by at once since the log was cleared; 0 where it is not served. */
  connections(): number
}

export function createControl(platform: MemoryPlatform): MemoryControl {
  const { faults, log, clock, sites } = platform

  function siteOf(name: string | undefined): Site {
    const site = name === undefined ? sites.values().next().value : sites.get(name)
    if (!site) throw new RangeError(`the platform has no site '${name ?? ''}'`)
    return site
  }
  const vmOf = (id: string, site: string | undefined): NativeVm => need(siteOf(site).vms, id, 'VM')
  const inject: MemoryControl['inject'] = (target, fault, when = {}) => faults.add({ target, fault, ...when })

  return {
    inject,
    fail(target, code, { text, facts, ...when } = {}) {
      const fault = { does: 'refuse', code, ...(text !== undefined && { text }), ...(facts && { facts }) } as const
      inject(target, fault, when)
    },
    loseReply: (target, when) => inject(target, { does: 'lose-reply' }, when),
    holdReply: (target, when) => inject(target, { does: 'hold-reply' }, when),
    loseRequest: (target, when) => inject(target, { does: 'lose-request' }, when),
    failTask: (target, text, when) => inject(target, { does: 'fail-task', text }, when),
    warnTask: (target, text, when) => inject(target, { does: 'warn-task', text }, when),
    vanishTask: (target, when) => inject(target, { does: 'forget-task' }, when),
    slow: (target, ms, when) => inject(target, { does: 'delay', ms }, when),
    vanishTasks(name) {
      const site = siteOf(name)
      for (const { id, state } of [...site.tasks.values()]) if (state === 'running') forgetTask(site, id)
    },
    clearFaults() {
      faults.clear()
      for (const site of sites.values()) {
        site.skewMs = 0
        for (const host of site.hosts.values()) host.state = 'ready'
      }
    },
    hostState(host, state, name) {
      need(siteOf(name).hosts, host, 'host').state = state
    },
    lock(id, lock, name) {
      const vm = vmOf(id, name)
      if (lock === null || lock === undefined) delete vm.lock
      else vm.lock = lock
    },
    skewClock(ms, name) {
      siteOf(name).skewMs = ms
    },
    expireSessions: (name) => siteOf(name).sessions.clear(),
    setAccount(user, password, rights, name) {
      siteOf(name).accounts.set(user, { password, rights: [...rights] })
    },
    addVm: (wanted, name) => structuredClone(addVm(siteOf(name), wanted)),
    fill(count, name) {
      const site = siteOf(name)
      const hosts = [...site.hosts.keys()]
      for (let number = 1; number <= count; number += 1) {
        const host = hosts[number % hosts.length]
        addVm(site, { name: `filler-${number}`, ...(host !== undefined && { host }) })
      }
    },
    changeVm(id, changes, name) {
      Object.assign(vmOf(id, name), changes)
    },
    guest(id, changes, name) {
      Object.assign(vmOf(id, name).guest, changes)
    },
    removeVm: (id, name) => dropVm(siteOf(name), vmOf(id, name), false),
    replaceVm(id, name) {
      const old = vmOf(id, name)
      dropVm(siteOf(name), old, false)
      addVm(siteOf(name), { id, name: 'replacement', host: old.host })
    },
    freeBytes(id, bytes, name) {
      const store = need(siteOf(name).stores, id, 'store')
      store.capacityBytes = store.usedBytes + bytes
    },
    dropEvents(name) {
      const { watch } = siteOf(name)
      watch.events = []
      watch.last += 1
      watch.forgotten = watch.last
    },
    timings: (changes) => void Object.assign(platform.timings, changes),
    advance(ms) {
      clock.advance(ms)
      for (const site of sites.values()) {
        noteMetrics(site)
        settleTasks(site)
      }
    },
    now: () => clock.now(),
    vms(name) {
      const site = siteOf(name)
      settleTasks(site)
      return structuredClone([...site.vms.values()].filter(({ template }) => !template))
    },
    volumes: (name) => structuredClone([...siteOf(name).volumes.values()]),
    log: (filter) => (filter ? log.select(filter) : [...log.entries]),
    count: (filter) => log.count(filter),
    clearLog() {
      log.clear()
      platform.concurrency = 0
      platform.connections = 0
    },
    concurrency: () => platform.concurrency,
    connections: () => platform.connections,
  }
}
