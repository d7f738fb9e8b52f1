import type { ApiModel } from './api-model.js'
import type { Schema } from './schema.js'

/** GAPS.md: answers, and parts of answers, that no source describes; they are typed `unknown`. */
export function emitGaps({ operations, version }: ApiModel): string {
  const gaps = operations
    .map(({ key, result }) => ({ key, places: unknownPlaces(result) }))
    .filter(({ places }) => places.length > 0)
  const whole = gaps.filter(({ places }) => places[0] === '')
  const parts = gaps.filter(({ places }) => places[0] !== '')
  return `# Proxmox VE ${version}: what nobody describes

Written by \`pnpm generate\`. These answers have no source yet, neither the API tree nor a recording nor a format of the
vendor's; their types say \`unknown\`. To close a gap add an entry to \`overlays/\` that names its source.

## Whole answers (${whole.length})

${whole.map(({ key }) => `- \`${key}\``).join('\n')}

## Parts of answers (${parts.length})

${parts.map(({ key, places }) => `- \`${key}\`: ${places.map((place) => `\`${place}\``).join(', ')}`).join('\n')}
`
}

/** Places of a shape that nobody describes: '' is the whole, `[]` a row, `.name` a member. */
export function unknownPlaces(schema: Schema, place = ''): string[] {
  if (schema.$ref || schema.const !== undefined || schema.enum) return []
  if (schema.oneOf) return schema.oneOf.flatMap((variant) => unknownPlaces(variant, place))
  const types = schema.type === undefined ? [] : [schema.type].flat()
  if (types.length === 0) return [place]
  if (types.includes('array')) return schema.items ? unknownPlaces(schema.items, `${place}[]`) : [place]
  if (!types.includes('object')) return []
  const rest = schema.additionalProperties
  const members = Object.entries({ ...schema.properties, ...schema.patternProperties })
  if (members.length === 0 && typeof rest !== 'object') return rest === false ? [] : [place]
  return [
    ...members.flatMap(([name, member]) => unknownPlaces(member, `${place}.${name}`)),
    ...(typeof rest === 'object' ? unknownPlaces(rest, `${place}.*`) : []),
  ]
}
