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
