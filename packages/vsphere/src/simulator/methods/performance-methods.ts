import type { XmlInput } from '@dcm/wire/xml'
import type { Vim25Types } from '../../generated/types.js'
import { invalidArgument } from '../fault.js'
import { runtimeOf } from '../machines/machine.js'
import type { Ref } from '../world/managed-object.js'
import type { World } from '../world/world.js'
import type { Handlers, Request } from './handler.js'

interface Counter {
  readonly key: number
  readonly group: string
  readonly name: string
  readonly unit: string
  /** About which the values swing, in that unit. */
  readonly mean: number
  /** Devices that it is kept of, instead of a total. */
  readonly instances?: readonly string[]
}

/** With the numbers that a vCenter usually gives them. */
const counters: readonly Counter[] = [
  { key: 2, group: 'cpu', name: 'usage', unit: 'percent', mean: 2_500 },
  { key: 6, group: 'cpu', name: 'usagemhz', unit: 'megaHertz', mean: 400 },
  { key: 24, group: 'mem', name: 'usage', unit: 'percent', mean: 2_500 },
  { key: 98, group: 'mem', name: 'consumed', unit: 'kiloBytes', mean: 524_288 },
  { key: 130, group: 'disk', name: 'read', unit: 'kiloBytesPerSecond', mean: 300 },
  { key: 131, group: 'disk', name: 'write', unit: 'kiloBytesPerSecond', mean: 200 },
  { key: 148, group: 'net', name: 'received', unit: 'kiloBytesPerSecond', mean: 50 },
  { key: 149, group: 'net', name: 'transmitted', unit: 'kiloBytesPerSecond', mean: 40 },
  { key: 173, group: 'virtualDisk', name: 'read', unit: 'kiloBytesPerSecond', mean: 60, instances: ['scsi0:0', 'scsi0:1'] },
  { key: 174, group: 'virtualDisk', name: 'write', unit: 'kiloBytesPerSecond', mean: 30, instances: ['scsi0:0', 'scsi0:1'] },
] // biome-ignore format: a table

const realTimeSeconds = 20
const realTimeKeptSeconds = 3_600

export const historicalIntervals: readonly XmlInput<Vim25Types['PerfInterval']>[] = [
  { key: 1, name: 'Past day', samplingPeriod: 300, length: 86_400 },
  { key: 2, name: 'Past week', samplingPeriod: 1_800, length: 604_800 },
  { key: 3, name: 'Past month', samplingPeriod: 7_200, length: 2_592_000 },
  { key: 4, name: 'Past year', samplingPeriod: 86_400, length: 31_536_000 },
].map((interval) => ({ ...interval, level: 1, enabled: true }))

/** A value that depends on the object, the counter and the time alone, so that two reads agree. -1: there is none. */
function sample(world: World, entity: Ref, { key, mean }: Counter, instance: string, at: number): number {
  if (world.api.isKindOf(entity.type, 'VirtualMachine')) {
    const { powerState, bootTime } = runtimeOf(world.get('VirtualMachine', entity))
    const since =
      powerState === 'poweredOn' && bootTime !== undefined ? Date.parse(String(bootTime)) : Number.POSITIVE_INFINITY
    if (at < since) return -1
  }
  const seed = [...`${entity.value}${instance}`].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), key)
  return Math.round(mean * (1.2 + Math.sin((seed % 1_000) + at / 60_000)))
}

type Spec = Request<'QueryPerf'>['querySpec'][number]

/** Ends of the samples of an interval that the server keeps, in the range that is asked for; the newest ones of them. */
function timesOf(world: World, { intervalId = realTimeSeconds, startTime, endTime, maxSample }: Spec): number[] {
  const kept = historicalIntervals.find(({ samplingPeriod }) => samplingPeriod === intervalId)?.length
  if (kept === undefined && intervalId !== realTimeSeconds) throw invalidArgument('querySpec.interval')
  const stepMs = intervalId * 1_000
  const now = world.clock.now()
  const end = Math.min(now, endTime === undefined ? now : Date.parse(endTime))
  const oldest = now - Number(kept ?? realTimeKeptSeconds) * 1_000
  const start = Math.max(oldest, startTime === undefined ? oldest : Date.parse(startTime))
  const times: number[] = []
  for (let at = Math.floor(end / stepMs) * stepMs; at > start; at -= stepMs) times.unshift(at)
  return maxSample === undefined ? times : times.slice(-maxSample)
}

function seriesOf(world: World, { entity, metricId }: Spec, times: readonly number[]) {
  const wanted = metricId.length > 0 ? metricId : counters.map(({ key }) => ({ counterId: key, instance: '*' }))
  return wanted.flatMap(({ counterId, instance }) => {
    const counter = counters.find(({ key }) => key === counterId)
    if (counter === undefined) return []
    const { instances = [''] } = counter
    return instances
      .filter((each) => instance === '*' || each === instance)
      .map((each) => ({
        _type: 'PerfMetricIntSeries' as const,
        id: { counterId, instance: each },
        value: times.map((at) => sample(world, entity, counter, each, at)),
      }))
  })
}

export const performanceMethods: Handlers = {
  QueryPerfProviderSummary({ world }, { entity }) {
    world.get('ManagedEntity', entity, 'entity')
    return { entity, currentSupported: true, summarySupported: true, refreshRate: realTimeSeconds }
  },
  QueryAvailablePerfMetric({ world }, { entity }) {
    world.get('ManagedEntity', entity, 'entity')
    return counters.flatMap(({ key, instances = [''] }) => instances.map((instance) => ({ counterId: key, instance })))
  },
  QueryPerf({ world }, { querySpec }) {
    return querySpec.map((spec) => {
      world.get('ManagedEntity', spec.entity, 'querySpec.entity')
      const interval = spec.intervalId ?? realTimeSeconds
      const times = timesOf(world, spec)
      return {
        _type: 'PerfEntityMetric' as const,
        entity: spec.entity,
        sampleInfo: times.map((at) => ({ timestamp: new Date(at).toISOString(), interval })),
        value: seriesOf(world, spec, times),
      }
    })
  },
}

export const perfCounters: readonly XmlInput<Vim25Types['PerfCounterInfo']>[] = counters.map(
  ({ key, group, name, unit }) => ({
    key,
    nameInfo: { _type: 'ElementDescription' as const, key: name, label: name, summary: name },
    groupInfo: { _type: 'ElementDescription' as const, key: group, label: group, summary: group },
    unitInfo: { _type: 'ElementDescription' as const, key: unit, label: unit, summary: unit },
    rollupType: 'average' as const,
    statsType: unit === 'kiloBytes' ? ('absolute' as const) : ('rate' as const),
  }),
)
