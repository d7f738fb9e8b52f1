import { parsePropertyString } from '../../client/property-string.js'
import type { Platform, VmidRange } from '../platform.js'

const defaultRange: VmidRange = { from: 100, to: 999_999 }

/** Ids for new VMs: as configured, else the datacenter's `next-id`, else the platform's own default. */
export async function readVmidRange(platform: Platform, signal: AbortSignal): Promise<VmidRange> {
  if (platform.vmidRange !== undefined) return platform.vmidRange
  const options = await platform.api.request('GET /cluster/options', {}, { signal })
  return parseNextId(options['next-id'])
}

/** `lower=100,upper=1000000`, as text or taken apart; the upper end is not part of the range. */
export function parseNextId(value: unknown): VmidRange {
  const parts: Readonly<Record<string, unknown>> =
    typeof value === 'string'
      ? parsePropertyString(value)
      : typeof value === 'object' && value !== null
        ? { ...value }
        : {}
  const lower = Number(parts.lower ?? defaultRange.from)
  const upper = Number(parts.upper ?? defaultRange.to + 1)
  const good = Number.isInteger(lower) && Number.isInteger(upper) && lower >= 100 && upper > lower
  return good ? { from: lower, to: Math.min(upper - 1, 999_999_999) } : defaultRange
}
