import type { FacetName } from '../../model/facets/facets.js'
import { buildCalls } from './build-calls.js'
import { type MemoryClock, realClock, virtualClock } from './clock.js'
import { copyCalls } from './copy-calls.js'
import { createFaultPlan, type Fault, type FaultPlan } from './faults.js'
import { folderCalls } from './folder-calls.js'
import { guestCalls } from './guest-calls.js'
import type { Handlers } from './handlers.js'
import { hardwareCalls } from './hardware-calls.js'
import { imageCalls } from './image-calls.js'
import { createLog, type NativeLog, type NativeLogEntry } from './log.js'
import { metricCalls, noteMetrics } from './metrics.js'
import { type ArgsOf, type NativeCall, rightOf, type Tasked } from './native-calls.js'
import { NativeRefusal, NoAnswer, StrangeAnswer } from './native-error.js'
import { powerCalls } from './power-calls.js'
import { readCalls } from './read-calls.js'
import { seedSite } from './seed.js'
import { sessionCalls } from './session-calls.js'
import { createSite, nextId, type Site, siteTime } from './site.js'
import { snapshotCalls } from './snapshot-calls.js'
import { settleTasks } from './tasks.js'
import { templateCalls } from './template-calls.js'
import { type MemoryTimings, realTimings, virtualTimings } from './timings.js'
import { watchCalls } from './watch-calls.js'

/** How the platform is set up. */
export interface MemoryPlatformOptions {
  /** Names of its endpoints, each with its own hosts and VMs. Default `['main']`. */
  readonly sites?: readonly string[]
  /** Default: a virtual one, on which whoever polls arrives at once. */
  readonly clock?: MemoryClock | 'real' | 'virtual'
  readonly timings?: Partial<MemoryTimings>
  /** Start without hosts, stores, networks and templates. Default false. */
  readonly empty?: boolean
  /**
   * Facets that its endpoints do not have, as without a licence: how does an application do without them? Default: none.
   */
  readonly without?: readonly FacetName[]
}

/** What a call is answered with: the answer, the site's clock, and how long to wait between looks. */
export interface NativeReply {
  readonly answer: unknown
  /** Epoch milliseconds. */
  readonly time: number
  readonly pollMs: number
  /** Does the clock pass by itself? */
  readonly real: boolean
}

export interface NativeRequest {
  readonly site: string
  readonly session?: string
  readonly call: NativeCall
  readonly args: ArgsOf<NativeCall>
}

/** The platform itself: sites, time, faults and what happened. */
export interface MemoryPlatform {
  readonly sites: ReadonlyMap<string, Site>
  readonly clock: MemoryClock
  readonly timings: MemoryTimings
  readonly faults: FaultPlan
  readonly log: NativeLog
  /** The most calls that were under way at once. */
  concurrency: number
  /** The most connections that native calls came by at once; 0 where the platform is not served. */
  connections: number
  /** Told when a reply is held back: who is to be killed between acceptance and answer is killed now. */
  onHeld: (call: NativeCall) => void
  /** Answers one native call. Rejects with NativeRefusal, NoAnswer or StrangeAnswer. */
  send(request: NativeRequest, signal?: AbortSignal): Promise<NativeReply>
}

const handlers: Handlers = {
  ...sessionCalls,
  ...readCalls,
  ...buildCalls,
  ...powerCalls,
  ...hardwareCalls,
  ...snapshotCalls,
  ...watchCalls,
  ...copyCalls,
  ...guestCalls,
  ...metricCalls,
  ...imageCalls,
  ...templateCalls,
  ...folderCalls,
}

export function createMemoryPlatform(options: MemoryPlatformOptions = {}): MemoryPlatform {
  const { sites: names = ['main'], empty = false, without = [] } = options
  const clock = clockOf(options.clock)
  const timings = { ...(clock.real ? realTimings : virtualTimings), ...options.timings }
  const sites = new Map(names.map((name) => [name, createSite(name, clock, timings, without)]))
  if (!empty) for (const site of sites.values()) seedSite(site)
  const faults = createFaultPlan()
  const log = createLog()
  let running = 0

  const platform: MemoryPlatform = {
    sites,
    clock,
    timings,
    faults,
    log,
    concurrency: 0,
    connections: 0,
    onHeld: () => {},
    async send(request, signal) {
      running += 1
      platform.concurrency = Math.max(platform.concurrency, running)
      try {
        return await answer(request, signal)
      } finally {
        running -= 1
      }
    },
  }

  async function answer(request: NativeRequest, signal: AbortSignal | undefined): Promise<NativeReply> {
    const { call } = request
    const met = faults.take(call)
    const delay = met.find((fault) => fault.does === 'delay')
    await pause(delay?.ms, signal)
    const site = sites.get(request.site)
    if (!site) throw new NativeRefusal('NO_SUCH_OBJECT', `there is no site '${request.site}'`)
    const note = (outcome: NativeLogEntry['outcome'], code?: string): void => {
      const { id: vm, claim } = request.args as { readonly id?: string; readonly claim?: string }
      log.add({
        at: siteTime(site),
        site: site.name,
        call,
        outcome,
        ...(vm !== undefined && { vm }),
        ...(claim !== undefined && { claim }),
        ...(code !== undefined && { code }),
      })
    }
    if (met.some(({ does }) => does === 'lose-request')) {
      note('dropped')
      throw new NoAnswer(`'${call}' got no answer`, true)
    }
    clock.tick()
    noteMetrics(site)
    settleTasks(site)
    let value: unknown
    try {
      value = carryOut(site, request, met)
    } catch (reason) {
      if (reason instanceof NativeRefusal) note('refused', reason.code)
      throw reason
    }
    const lost = met.some(({ does }) => does === 'lose-reply' || does === 'hold-reply')
    note(lost ? 'unanswered' : 'applied')
    if (met.some(({ does }) => does === 'hold-reply')) {
      platform.onHeld(call)
      await new Promise<never>((_, reject) => {
        signal?.addEventListener('abort', () => reject(new NoAnswer(`'${call}' got no answer`, true)), { once: true })
      })
    }
    if (lost) throw new NoAnswer(`'${call}' got no answer`, true)
    if (met.some(({ does }) => does === 'garble')) throw new StrangeAnswer('<html>502 Bad Gateway</html>')
    // What leaves the platform is a copy: nobody outside holds its state.
    const copy: unknown = structuredClone(value)
    return { answer: copy, time: siteTime(site), pollMs: timings.pollMs, real: clock.real }
  }

  return platform
}

function carryOut(site: Site, { call, args, session }: NativeRequest, met: readonly Fault[]): unknown {
  if (!Object.hasOwn(handlers, call)) throw new NativeRefusal('NO_SUCH_CALL', `there is no call '${call}'`)
  for (const fault of met) {
    if (fault.does === 'refuse') {
      throw new NativeRefusal(fault.code, fault.text ?? `refused by a fault switch (${fault.code})`, fault.facts)
    }
  }
  authorize(site, call, session)
  if (met.some(({ does }) => does === 'steal-id')) stealId(site, args)
  // Each handler is stored under its own call, whose arguments these are.
  const handle = handlers[call] as (site: Site, args: unknown, session: string | undefined) => unknown
  const value = handle(site, args, session)
  for (const fault of met) afterwards(site, value, fault)
  return value
}

function authorize(site: Site, call: NativeCall, session: string | undefined): void {
  if (call === 'session.open') return
  const user = site.sessions.get(session ?? '')
  if (user === undefined) throw new NativeRefusal('SESSION_EXPIRED', 'there is no such session (any more)')
  const right = rightOf[call]
  if (right === undefined || site.accounts.get(user)?.rights.includes(right)) return
  throw new NativeRefusal('NOT_PERMITTED', `'${user}' lacks the right '${right}'`, { right })
}

function afterwards(site: Site, value: unknown, fault: Fault): void {
  const id = (value as Partial<Tasked> | null)?.task
  const task = id === undefined ? undefined : site.tasks.get(id)
  if (!task) return
  if (fault.does === 'fail-task') {
    task.code = fault.code ?? 'BROKEN'
    task.text = fault.text
  } else if (fault.does === 'warn-task') task.warnings.push(fault.text)
  else if (fault.does === 'forget-task') forgetTask(site, task.id)
}

/** The platform knows nothing of the task any more; its work goes on. */
export function forgetTask(site: Site, id: string): void {
  const task = site.tasks.get(id)
  if (!task) return
  site.tasks.delete(id)
  const hidden = nextId(site, 'hidden')
  site.tasks.set(hidden, { ...task, id: hidden })
}

function stealId(site: Site, args: unknown): void {
  const { id, host } = args as { readonly id: string; readonly host: string }
  const some = [...site.vms.values()][0]
  if (!some || site.vms.has(id)) return
  const { claim: _claim, task: _task, lock: _lock, ...rest } = structuredClone(some)
  site.vms.set(id, {
    ...rest,
    id,
    host,
    name: 'somebody-else',
    generation: nextId(site, 'gen'),
    state: 'HALTED',
    template: false,
    disks: [],
    metadata: {},
  })
}

/** At least one turn of the event loop: a call is never answered at once. */
async function pause(ms: number | undefined, signal: AbortSignal | undefined): Promise<void> {
  if (ms === undefined) await new Promise((resolve) => setImmediate(resolve))
  else {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms)
      signal?.addEventListener(
        'abort',
        () => {
          clearTimeout(timer)
          resolve()
        },
        { once: true },
      )
    })
  }
  if (signal?.aborted) throw new NoAnswer('the caller gave up before it was sent', false)
}

function clockOf(clock: MemoryPlatformOptions['clock']): MemoryClock {
  if (clock === 'real') return realClock()
  if (clock === undefined || clock === 'virtual') return virtualClock()
  return clock
}
