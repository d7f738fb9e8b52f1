import type { PropertyString, PropertyStringMember } from './schema.js'

/**
 * The grammar text of formats that are only named (`[[model=]<a|b>] [,action=<enum>]`) as a property string, or
 * undefined where the text is no such grammar. Only keys and simple types can be read from it.
 */
export function parseTypetext(text: string): PropertyString | undefined {
  const members: [string, PropertyStringMember][] = []
  for (const item of text.trim().split(/\s+(?=\[?,)/)) {
    const member = parseItem(item)
    if (!member) return undefined
    members.push(member)
  }
  return Object.fromEntries(members)
}

/** `[,key=<value>]`, `,key=<value>`, `[[key=]<value>]` or `[key=]<value>`: brackets around all of it mean optional. */
function parseItem(item: string): [string, PropertyStringMember] | undefined {
  const optional = /^\[(?![\w-]+=\])/.test(item) && item.endsWith(']')
  const inner = (optional ? item.slice(1, -1) : item).replace(/^,/, '')
  const [, bareKey, key, value] = /^(?:\[([\w-]+)=\]|([\w-]+)=)(.+)$/.exec(inner) ?? []
  const name = bareKey ?? key
  if (name === undefined || value === undefined) return undefined
  return [
    name,
    {
      ...valueType(value),
      ...(optional && { optional: true as const }),
      ...(bareKey && { defaultKey: true as const }),
    },
  ]
}

function valueType(value: string): PropertyStringMember {
  if (value === '<1|0>') return { type: 'boolean' }
  if (value === '<integer>' || value === '<N>' || value === '\\d+') return { type: 'integer' }
  if (value === '<number>') return { type: 'number' }
  const choices = /^<([\w./-]+(?:\|[\w./-]+)+)>$/.exec(value)?.[1]?.split('|')
  const isRange = choices?.some((choice) => /^\d+-\d+$/.test(choice))
  return choices && !isRange ? { type: 'string', enum: choices } : { type: 'string' }
}
