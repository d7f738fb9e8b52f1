import { createHash } from 'node:crypto'
import type { VmidRange } from '../platform.js'

/**
 * The i-th id that a key tries. Every key walks through the whole range, each in an order of its own that any process
 * finds again: two creations of one key meet at the first id that is free.
 */
export function probe(range: VmidRange, key: string, index: number): number {
  const size = range.to - range.from + 1
  const digest = createHash('sha256').update(key).digest()
  const start = digest.readUIntBE(0, 6) % size
  // A stride without a common factor visits every id once.
  let stride = (digest.readUIntBE(6, 6) % size) + 1
  while (commonFactor(stride, size) !== 1) stride = (stride % size) + 1
  // Both factors are below 2^30, so the product needs more than a double's 53 bits.
  return range.from + Number((BigInt(start) + BigInt(index) * BigInt(stride)) % BigInt(size))
}

export function rangeSize(range: VmidRange): number {
  return range.to - range.from + 1
}

function commonFactor(one: number, other: number): number {
  return other === 0 ? one : commonFactor(other, one % other)
}
