import { type AdapterFacetOf, HypervisorError, type MetricName, type MetricSeries, type MetricUnits } from '@dcm/core'
import type { VsphereClient } from '../../client/client.js'
import { reference } from '../../client/reference.js'
import type { PerfEntityMetricBase } from '../../generated/performance-manager.js'
import { requireVm } from '../locate.js'
import type { Platform } from '../platform.js'

/** A counter as the API's names have it: group, name, rollup. Its number differs from server to server. */
type CounterName = `${string}.${string}.average`

interface Source {
  readonly vm: CounterName
  readonly host: CounterName
  readonly unit: MetricUnits[MetricName]
}

const sources: { readonly [Metric in MetricName]: Source } = {
  'cpu.usage': { vm: 'cpu.usage.average', host: 'cpu.usage.average', unit: 'ratio' },
  'memory.used': { vm: 'mem.consumed.average', host: 'mem.consumed.average', unit: 'bytes' },
  // Of VMs, the counters of disks: those of the group `disk` leave out file storage.
  'disk.read': { vm: 'virtualDisk.read.average', host: 'disk.read.average', unit: 'bytes-per-second' },
  'disk.write': { vm: 'virtualDisk.write.average', host: 'disk.write.average', unit: 'bytes-per-second' },
  'network.received': { vm: 'net.received.average', host: 'net.received.average', unit: 'bytes-per-second' },
  'network.sent': { vm: 'net.transmitted.average', host: 'net.transmitted.average', unit: 'bytes-per-second' },
}

/** What one of a unit of the platform is in ours. Percent come in hundredths. */
const factors: Readonly<Record<string, number>> = {
  percent: 1 / 10_000,
  kiloBytes: 1_024,
  megaBytes: 1_048_576,
  kiloBytesPerSecond: 1_024,
  megaBytesPerSecond: 1_048_576,
}

const realTime = { stepSeconds: 20, keptSeconds: 3_600 }
const hourMs = 3_600_000

interface Counters {
  readonly byName: ReadonlyMap<string, { readonly key: number; readonly factor: number }>
  /** Rollups that the server keeps, finest first. */
  readonly intervals: readonly (typeof realTime)[]
}

/** QueryPerf: one call a question; the numbers of the counters are asked for once. */
export function metricsFacet(platform: Platform): AdapterFacetOf<'metrics'> {
  const { api } = platform
  let counters: Promise<Counters> | undefined

  function known(): Promise<Counters> {
    counters ??= readCounters(api).catch((error: unknown) => {
      counters = undefined
      throw error
    })
    return counters
  }

  return {
    async query({ target, metrics, ...range }, { signal }) {
      const now = Date.now()
      const to = range.to === undefined ? now : Date.parse(range.to)
      const from = range.from === undefined ? to - hourMs : Date.parse(range.from)
      if (from >= to) throw emptyRange()
      const entity =
        'vm' in target ? (await requireVm(platform, target.vm, signal)).ref : reference('HostSystem', target.host)
      const { byName, intervals } = await known()
      const { stepSeconds } = intervalFor(intervals, (now - from) / 1_000)
      const kind = 'vm' in target ? 'vm' : 'host'
      const wanted = [...new Set(metrics)].flatMap((metric) => {
        const counter = byName.get(sources[metric][kind])
        return counter === undefined ? [] : [{ metric, ...counter }]
      })
      if (wanted.length === 0) return { series: [], stepSeconds }
      const { perfManager = reference('PerformanceManager', 'PerfMgr') } = await api.serviceContent()
      const spec = {
        entity,
        startTime: new Date(from).toISOString(),
        endTime: new Date(to).toISOString(),
        // All devices, or the total where the platform keeps one.
        metricId: wanted.map(({ key }) => ({ counterId: key, instance: '*' })),
        intervalId: stepSeconds,
      }
      const [answer] = await api.call(perfManager, 'QueryPerf', { querySpec: [spec] }, { signal })
      const series = wanted.map(({ metric, key, factor }): MetricSeries => {
        return { metric, unit: sources[metric].unit, points: pointsOf(answer, key, factor) }
      })
      return { series, stepSeconds }
    },
  }
}

async function readCounters(api: VsphereClient): Promise<Counters> {
  const { perfManager } = await api.serviceContent()
  if (perfManager === undefined) {
    const reason = 'this server keeps no performance data'
    throw new HypervisorError('UNSUPPORTED', reason, { details: { reason } })
  }
  const paths = ['perfCounter', 'historicalInterval'] as const
  const { perfCounter, historicalInterval } = await api.read(perfManager, 'PerformanceManager', paths)
  const wanted = new Set<string>(Object.values(sources).flatMap(({ vm, host }) => [vm, host]))
  const byName = new Map<string, { key: number; factor: number }>()
  for (const { key, groupInfo, nameInfo, unitInfo, rollupType } of perfCounter ?? []) {
    const name = `${keyOf(groupInfo)}.${keyOf(nameInfo)}.${rollupType}`
    const factor = factors[keyOf(unitInfo)]
    if (wanted.has(name) && factor !== undefined) byName.set(name, { key, factor })
  }
  const historical = (historicalInterval ?? [])
    .filter(({ enabled }) => enabled)
    .map(({ samplingPeriod, length }) => ({ stepSeconds: samplingPeriod, keptSeconds: length }))
    .sort((left, right) => left.stepSeconds - right.stepSeconds)
  return { byName, intervals: [realTime, ...historical] }
}

function keyOf(description: { readonly _type: string; readonly key?: string }): string {
  return description.key ?? ''
}

/** The finest that reaches back so far, else the one that reaches furthest. */
export function intervalFor(intervals: Counters['intervals'], agoSeconds: number): typeof realTime {
  const furthest = [...intervals].sort((left, right) => right.keptSeconds - left.keptSeconds)[0]
  return intervals.find(({ keptSeconds }) => agoSeconds <= keptSeconds) ?? furthest ?? realTime
}

/** Values of a counter by time, oldest first: the total, or the sum of all devices. -1 stands for a missing one. */
export function pointsOf(
  answer: PerfEntityMetricBase | undefined,
  key: number,
  factor: number,
): MetricSeries['points'] {
  if (answer?._type !== 'PerfEntityMetric') return []
  const all = answer.value.flatMap((one) =>
    one._type === 'PerfMetricIntSeries' && one.id.counterId === key ? [one] : [],
  )
  const total = all.filter(({ id }) => id.instance === '')
  const counted = total.length > 0 ? total : all
  const points = answer.sampleInfo.flatMap(({ timestamp }, index) => {
    const values = counted.map(({ value }) => Number(value[index] ?? -1)).filter((value) => value >= 0)
    if (values.length === 0) return []
    return [{ at: new Date(timestamp).toISOString(), value: values.reduce((sum, value) => sum + value, 0) * factor }]
  })
  return points.sort((left, right) => left.at.localeCompare(right.at))
}

function emptyRange(): HypervisorError {
  const message = 'must be later than from'
  return new HypervisorError('INVALID_ARGUMENT', `the input of metrics.query: to ${message}`, {
    details: { problems: [{ path: 'to', message }] },
  })
}
