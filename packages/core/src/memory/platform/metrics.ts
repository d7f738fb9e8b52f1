import type { Handlers } from './handlers.js'
import type { NativeLoad, NativeVm } from './native-types.js'
import { need, needVm, type Site } from './site.js'

/** What is measured, in the platform's words: ratios of processors, and bytes, and bytes a second. */
export type MetricWord = 'cpu' | 'memory' | 'disk-read' | 'disk-write' | 'net-in' | 'net-out'

export interface MetricPoint {
  readonly at: number
  /** In the order that was asked for. */
  readonly values: readonly number[]
}

type Values = Readonly<Record<MetricWord, number>>

/** What was measured so far. */
export interface Metrics {
  /** Oldest first. `values`: of hosts by id, of VMs by generation; who was not up is not in it. */
  readonly samples: { readonly at: number; readonly values: ReadonlyMap<string, Values> }[]
  /** Number of the last step that was measured. */
  last: number | undefined
}

const stepMs = 20_000
/** An hour of them is kept. */
const kept = 3_600_000 / stepMs
const idle: NativeLoad = { cpu: 0.02, memory: 0.4, diskRead: 0, diskWrite: 0, received: 0, sent: 0 }

export function createMetrics(): Metrics {
  return { samples: [], last: undefined }
}

/** Measures every whole step that has passed since it was called last: nothing has changed since then. */
export function noteMetrics(site: Site): void {
  const { metrics } = site
  const now = Math.floor(site.clock.now() / stepMs)
  const passed = Math.min(kept, now - (metrics.last ?? now))
  metrics.last = now
  if (passed <= 0) return
  const values = measure(site)
  for (let step = now - passed + 1; step <= now; step += 1) metrics.samples.push({ at: step * stepMs, values })
  metrics.samples.splice(0, metrics.samples.length - kept)
}

export const metricCalls: Pick<Handlers, 'metric.read'> = {
  'metric.read': (site, { of, metrics, from, to }) => {
    const key = 'vm' in of ? needVm(site, of.vm).generation : need(site.hosts, of.host, 'host').id
    const points = site.metrics.samples.flatMap(({ at: measuredAt, values }): MetricPoint[] => {
      const at = measuredAt + site.skewMs
      const found = values.get(key)
      if (!found || (from !== undefined && at < from) || (to !== undefined && at > to)) return []
      return [{ at, values: metrics.map((word) => found[word]) }]
    })
    return { stepMs, points }
  },
}

function measure(site: Site): ReadonlyMap<string, Values> {
  const all = new Map<string, Values>()
  const hosts = [...site.hosts.values()].filter(({ state }) => state !== 'down')
  for (const { id } of hosts) all.set(id, nothing)
  for (const vm of site.vms.values()) {
    const host = site.hosts.get(vm.host)
    if (vm.state !== 'UP' || !host || host.state === 'down') continue
    const values = loadOf(vm)
    all.set(vm.generation, values)
    all.set(host.id, sum(all.get(host.id) ?? nothing, values, vm.cpus / host.cpus))
  }
  return all
}

const nothing: Values = { cpu: 0, memory: 0, 'disk-read': 0, 'disk-write': 0, 'net-in': 0, 'net-out': 0 }

function loadOf({ guest, memoryBytes }: NativeVm): Values {
  const { cpu, memory, diskRead, diskWrite, received, sent } = { ...idle, ...guest.load }
  return {
    cpu,
    memory: Math.round(memory * memoryBytes),
    'disk-read': diskRead,
    'disk-write': diskWrite,
    'net-in': received,
    'net-out': sent,
  }
}

/** What a host bears with one VM more, whose processors are this share of its own. */
function sum(host: Values, vm: Values, share: number): Values {
  return {
    cpu: Math.min(1, host.cpu + vm.cpu * share),
    memory: host.memory + vm.memory,
    'disk-read': host['disk-read'] + vm['disk-read'],
    'disk-write': host['disk-write'] + vm['disk-write'],
    'net-in': host['net-in'] + vm['net-in'],
    'net-out': host['net-out'] + vm['net-out'],
  }
}
