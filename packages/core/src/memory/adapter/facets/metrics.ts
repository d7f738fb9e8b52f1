import type { AdapterFacetOf } from '../../../model/facets/facets.js'
import type { MetricName, MetricUnits } from '../../../model/facets/metrics.js'
import type { MetricWord } from '../../platform/metrics.js'
import type { Connection } from '../connection.js'
import { lookAt, targetOf } from '../vm-state.js'

const words: { readonly [N in MetricName]: { readonly native: MetricWord; readonly unit: MetricUnits[N] } } = {
  'cpu.usage': { native: 'cpu', unit: 'ratio' },
  'memory.used': { native: 'memory', unit: 'bytes' },
  'disk.read': { native: 'disk-read', unit: 'bytes-per-second' },
  'disk.write': { native: 'disk-write', unit: 'bytes-per-second' },
  'network.received': { native: 'net-in', unit: 'bytes-per-second' },
  'network.sent': { native: 'net-out', unit: 'bytes-per-second' },
}

/** An hour of means over 20 seconds is all that the platform keeps. */
export function metricsFacet(connection: Connection): AdapterFacetOf<'metrics'> {
  return {
    async query({ target, metrics, from, to }, { signal }) {
      const of = 'host' in target ? target : { vm: targetOf(await lookAt(connection, target.vm, signal)) }
      const asked = [...new Set(metrics)]
      const { stepMs, points } = await connection.call(
        'metric.read',
        {
          of,
          metrics: asked.map((metric) => words[metric].native),
          ...(from !== undefined && { from: Date.parse(from) }),
          ...(to !== undefined && { to: Date.parse(to) }),
        },
        signal,
      )
      return {
        stepSeconds: stepMs / 1000,
        series: asked.map((metric, index) => ({
          metric,
          unit: words[metric].unit,
          points: points.map(({ at, values }) => ({ at: new Date(at).toISOString(), value: values[index] ?? 0 })),
        })),
      }
    },
  }
}
