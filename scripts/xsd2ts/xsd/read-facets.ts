import type { SimpleRestriction } from '../model/schema-model.js'
import { type SchemaReader, warn } from './reader.js'
import { unsupported, type XmlNode } from './xml-node.js'

type Limits = Pick<SimpleRestriction, 'pattern' | 'minLength' | 'maxLength' | 'minimum' | 'maximum'>

/** Facets without effect here: how white space is read is the codec's matter, digits are not counted. */
const passedOver: ReadonlySet<string> = new Set([
  'whiteSpace',
  'totalDigits',
  'fractionDigits',
  'enumeration',
  'pattern',
])

export function readFacets(facets: readonly XmlNode[]): Limits {
  const limits: { -readonly [Key in keyof Limits]: Limits[Key] } = {}
  for (const facet of facets) {
    const value = facet.attributes.get('value') ?? ''
    const number = Number(value)
    switch (facet.name) {
      case 'length':
        limits.minLength = number
        limits.maxLength = number
        break
      case 'minLength':
        limits.minLength = number
        break
      case 'maxLength':
        limits.maxLength = number
        break
      case 'minInclusive':
        limits.minimum = number
        break
      case 'maxInclusive':
        limits.maximum = number
        break
      case 'minExclusive':
        limits.minimum = number + 1
        break
      case 'maxExclusive':
        limits.maximum = number - 1
        break
      default:
        if (!passedOver.has(facet.name)) throw unsupported(facet)
    }
    if (!passedOver.has(facet.name) && !Number.isFinite(number)) throw unsupported(facet, `${value} is not a number`)
  }
  return limits
}

/** Several patterns of one restriction are alternatives. What JavaScript cannot read as a pattern is left unchecked. */
export function readPattern(reader: SchemaReader, facets: readonly XmlNode[]): Pick<SimpleRestriction, 'pattern'> {
  const patterns = facets.filter((facet) => facet.name === 'pattern')
  const [first] = patterns
  if (first === undefined) return {}
  const pattern = patterns.map((facet) => facet.attributes.get('value') ?? '').join('|')
  try {
    new RegExp(`^(?:${pattern})$`, 'u')
    return { pattern }
  } catch {
    warn(reader, first, `the pattern ${pattern} is not one of JavaScript and is not checked`)
    return {}
  }
}
