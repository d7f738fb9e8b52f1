import type { ComplexType, Member, SchemaModel } from '../model/schema-model.js'
import { basesOf } from '../model/walk.js'
import { makeIdentifier } from './identifiers.js'

/** Names that objects have by nature, or that the decoder sets. */
const reserved: ReadonlySet<string> = new Set(['__proto__', '_type', '$unknown', '$attributes'])

/** The property of each own member. Most are called as on the wire; `X-API-Session` becomes `XAPISession`. */
export function propertyNames(model: SchemaModel, type: ComplexType): ReadonlyMap<Member, string> {
  const taken = new Set<string>()
  for (const base of basesOf(model, type).reverse()) addNames(base, taken)
  return addNames(type, taken)
}

function addNames(type: ComplexType, taken: Set<string>): Map<Member, string> {
  const names = new Map<Member, string>()
  for (const member of type.members) {
    const wanted = member.place === 'any' ? 'content' : makeIdentifier(member.name)
    const name = taken.has(wanted) || reserved.has(wanted) ? `${wanted.replace(/^_+/, '')}${ending(member)}` : wanted
    taken.add(name)
    names.set(member, name)
  }
  return names
}

function ending(member: Member): string {
  return { element: 'Element', attribute: 'Attribute', text: 'Text', any: 'Content' }[member.place]
}
