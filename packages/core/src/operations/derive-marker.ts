import { createHash } from 'node:crypto'
import type { Marker } from './marker.js'

// The name space of our keys, itself a random UUID fixed once.
const nameSpace = Buffer.from('8f2d6c1be5a94c0f9d3e7b40a6512c88', 'hex')

/** The marker of one creation. Two tenants, two endpoints of one platform or two keys never share one. */
export function deriveMarker(parts: {
  readonly tenant: string
  readonly platformIdentity: string
  readonly idempotencyKey: string
  readonly spec: string
}): Marker {
  const name = JSON.stringify([parts.tenant, parts.platformIdentity, parts.idempotencyKey])
  const bytes = createHash('sha1').update(nameSpace).update(name).digest().subarray(0, 16)
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6)
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8)
  const hex = bytes.toString('hex')
  const key = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
  return { key, specHash: createHash('sha256').update(parts.spec).digest('hex').slice(0, 16) }
}
