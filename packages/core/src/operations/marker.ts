/** What is stamped on a VM that this SDK makes, the same on all platforms. */
export interface Marker {
  /** UUID version 5 of tenant, platform identity and the caller's key. */
  readonly key: string
  /** The first 16 hex digits of the specification's SHA-256. */
  readonly specHash: string
}

const form = /^dcm1:([0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}):([0-9a-f]{16})$/
const anywhere = /dcm1:[0-9a-f-]{36}:[0-9a-f]{16}/

/** `dcm1:<key>:<spec hash>`. */
export function formatMarker(marker: Marker): string {
  return `dcm1:${marker.key}:${marker.specHash}`
}

/** Reads exactly one marker; undefined for anything else. */
export function parseMarker(text: string): Marker | undefined {
  const match = form.exec(text)
  return match?.[1] && match[2] ? { key: match[1], specHash: match[2] } : undefined
}

/** The first marker inside a longer text, as a description with the user's own words around it. */
export function findMarker(text: string): Marker | undefined {
  const match = anywhere.exec(text)
  return match ? parseMarker(match[0]) : undefined
}

// The name space of our keys, itself a random UUID fixed once.
const nameSpace = Buffer.from('8f2d6c1be5a94c0f9d3e7b40a6512c88', 'hex')

/** The marker of one creation. Two tenants, two endpoints of one platform or two keys never share one. */
export async function deriveMarker(parts: {
  readonly tenant: string
  readonly platformIdentity: string
  readonly idempotencyKey: string
  readonly spec: string
}): Promise<Marker> {
  const { createHash } = await import('node:crypto')
  const name = JSON.stringify([parts.tenant, parts.platformIdentity, parts.idempotencyKey])
  const bytes = createHash('sha1').update(nameSpace).update(name).digest().subarray(0, 16)
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6)
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8)
  const hex = bytes.toString('hex')
  const key = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
  return { key, specHash: createHash('sha256').update(parts.spec).digest('hex').slice(0, 16) }
}
