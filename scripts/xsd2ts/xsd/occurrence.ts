import { SourceError } from '../model/source-error.js'
import type { XmlNode } from './xml-node.js'

export interface Occurrence {
  readonly optional: boolean
  readonly repeated: boolean
  /** `maxOccurs="0"` forbids the particle. */
  readonly never: boolean
}

export const once: Occurrence = { optional: false, repeated: false, never: false }

export function readOccurrence(node: XmlNode): Occurrence {
  const minimum = readCount(node, 'minOccurs')
  const maximum =
    node.attributes.get('maxOccurs') === 'unbounded' ? Number.POSITIVE_INFINITY : readCount(node, 'maxOccurs')
  return { optional: minimum === 0, repeated: maximum > 1, never: maximum === 0 }
}

function readCount(node: XmlNode, name: string): number {
  const text = node.attributes.get(name) ?? '1'
  if (!/^\d+$/.test(text)) throw new SourceError(node, `${name}="${text}" is not a number`)
  return Number(text)
}

/** Of a particle inside of another. */
export function combine(outer: Occurrence, inner: Occurrence): Occurrence {
  return {
    optional: outer.optional || inner.optional,
    repeated: outer.repeated || inner.repeated,
    never: outer.never || inner.never,
  }
}
