import { type RestOperationFacts, restLists, restMaps } from '../../generated/rest-operations.js'
import { refusal } from '../error.js'

/** `/api` since 7.0 U2; before, and in vcsim, the same services stand below `/rest`. */
export type RestForm = 'api' | 'rest'

export interface AssembledCall {
  readonly method: string
  readonly template: string
  readonly path: Readonly<Record<string, unknown>>
  readonly query: Readonly<Record<string, unknown>>
  readonly body: Readonly<Record<string, unknown>> | undefined
}

/** Puts each parameter where the form wants it. Refuses what is missing in the path and what has no place. */
export function assembleCall(
  key: string,
  facts: RestOperationFacts,
  form: RestForm,
  parameters: Readonly<Record<string, unknown>>,
): AssembledCall {
  const target = facts[form]
  const rest = new Map(Object.entries(parameters).filter(([, value]) => value !== undefined))
  const used = new Set<string>()
  const take = (name: string): unknown => {
    const value = rest.get(name)
    if (value === undefined || value === '') throw refusal(`${key}: ${name} is missing`, key)
    used.add(name)
    return value
  }
  const path = Object.fromEntries([...target.path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => [name, take(name)]))
  const query = Object.fromEntries(
    Object.entries(target.query ?? {}).map(([name, value]) => {
      const parameter = /^\{(\w+)\}$/.exec(value)?.[1]
      return [name, parameter === undefined ? value : take(parameter)]
    }),
  )
  // What belongs into the query of the newer form stands beside the wrapped body in the older one.
  const beside: Record<string, unknown> = {}
  for (const name of facts.query ?? []) {
    if (used.has(name) || !rest.has(name)) continue
    ;(form === 'api' ? query : beside)[name] = take(name)
  }
  const body = Object.fromEntries([...rest].filter(([name]) => !used.has(name)))
  const isEmpty = Object.keys(body).length + Object.keys(beside).length === 0
  if (target.method === 'GET' || target.method === 'DELETE') {
    if (!isEmpty) throw refusal(`${key}: there is no parameter ${Object.keys(body).join(', ')}`, key)
    return { method: target.method, template: `/${form}${target.path}`, path, query, body: undefined }
  }
  const wrapped = target.wrap === undefined ? body : { [target.wrap]: body }
  return {
    method: target.method,
    template: `/${form}${target.path}`,
    path,
    query,
    body: form === 'rest' ? Object(mapsToLists({ ...beside, ...wrapped })) : isEmpty ? undefined : wrapped,
  }
}

/** The result in the shape of the newer form. An empty list may come as null. */
export function readResult(form: RestForm, answer: unknown, isList = false): unknown {
  const value =
    form === 'api'
      ? answer
      : typeof answer === 'object' && answer !== null && 'value' in answer
        ? answer.value
        : undefined
  if (isList && (value === null || value === undefined)) return []
  return form === 'api' ? value : listsToMaps(value)
}

const maps: ReadonlySet<string> = new Set(restMaps)
const lists: ReadonlySet<string> = new Set(restLists)

/** `{ a: 1 }` to `[{ key: 'a', value: 1 }]`, in members that are maps. */
function mapsToLists(value: unknown): unknown {
  return mapMembers(value, (name, member) =>
    maps.has(name) && !Array.isArray(member)
      ? Object.entries(Object(member)).map(([key, each]) => ({ key, value: mapsToLists(each) }))
      : mapsToLists(member),
  )
}

function listsToMaps(value: unknown): unknown {
  return mapMembers(value, (name, member) => {
    if (member === null && lists.has(name)) return []
    if (!maps.has(name) || !Array.isArray(member)) return listsToMaps(member)
    return Object.fromEntries(member.map((entry) => [String(Object(entry).key), listsToMaps(Object(entry).value)]))
  })
}

function mapMembers(value: unknown, change: (name: string, member: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map((each) => mapMembers(each, change))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, change(name, member)]))
}
