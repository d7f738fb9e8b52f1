import type { VmRef } from '../references.js'

/** The same words and units on every platform. */
export interface MetricUnits {
  /** Of all processors of the VM or host together, 0 to 1. */
  readonly 'cpu.usage': 'ratio'
  readonly 'memory.used': 'bytes'
  readonly 'disk.read': 'bytes-per-second'
  readonly 'disk.write': 'bytes-per-second'
  readonly 'network.received': 'bytes-per-second'
  readonly 'network.sent': 'bytes-per-second'
}

export type MetricName = keyof MetricUnits

export interface MetricSeries {
  readonly metric: MetricName
  readonly unit: MetricUnits[MetricName]
  /** Oldest first. A time without a value is left out, never zero. */
  readonly points: readonly { readonly at: string; readonly value: number }[]
}

export interface MetricReads {
  /** Means over each `stepSeconds`; what the platform keeps decides how far back they go. */
  query(input: {
    readonly target: { readonly vm: VmRef } | { readonly host: string }
    readonly metrics: readonly MetricName[]
    /** ISO times. Default: the last hour. */
    readonly from?: string
    readonly to?: string
  }): {
    /** One a metric that the platform knows. */
    readonly series: readonly MetricSeries[]
    /** How far apart the points are. */
    readonly stepSeconds: number
  }
}
