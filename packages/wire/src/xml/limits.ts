/** Bounds on what a document may make us do. Passing one is an `XmlError` with code `limit` that names the bound. */
export interface XmlLimits {
  /** Elements open at the same time. Default 200. */
  readonly maxDepth: number
  /** Bytes of an element, attribute or instruction name, prefix included. Default 1,000. */
  readonly maxNameBytes: number
  /** Attributes of one element, namespace declarations included. Default 256. */
  readonly maxAttributes: number
  /** Bytes of one text, CDATA section, comment, instruction or attribute value. Default 16 MiB. */
  readonly maxTextBytes: number
  /** Bytes of the whole input. Default 512 MiB. */
  readonly maxTotalBytes: number
  /** Bytes that a stream may hold back while one item (an entry, an object) is incomplete. Default 64 MiB. */
  readonly maxItemBytes: number
}

export const defaultLimits: XmlLimits = {
  maxDepth: 200,
  maxNameBytes: 1000,
  maxAttributes: 256,
  maxTextBytes: 16 * 1024 * 1024,
  maxTotalBytes: 512 * 1024 * 1024,
  maxItemBytes: 64 * 1024 * 1024,
}

/** The defaults with what the caller wants otherwise. */
export function withDefaultLimits(limits: Partial<XmlLimits> | undefined): XmlLimits {
  return limits === undefined ? defaultLimits : { ...defaultLimits, ...limits }
}
