import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { checkAnswer } from './check-answer.js'
import { coerceAnswer } from './coerce-answer.js'
import { coercionTable } from './emit-coercions.js'
import { loadModel, loadOverlays } from './load-specification.js'
import { createMatcher } from './match-operation.js'
import { loadRecordings } from './recordings.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const recordings = loadRecordings(root)
const model = loadModel(`${root}/specs/proxmox`)

describe.skipIf(!recordings)('every recorded answer', () => {
  const answers = (recordings ?? []).filter(({ status }) => status === 200)
  const match = createMatcher(model.operations)
  const table = coercionTable(model)

  it('is there', () => {
    expect(answers).toHaveLength(320)
    expect(recordings).toHaveLength(371)
  })

  it('came from a request whose parameters are all declared, the required ones among them', () => {
    const faults = answers.flatMap(({ source, method, path, query, form }) => {
      if (form === undefined && method !== 'GET' && method !== 'DELETE') return []
      const operation = match(method, path)
      if (!operation) return [`${source}: no operation`]
      const names = [...new URLSearchParams(form ?? query).keys()].map((name) =>
        Object.hasOwn(operation.parameters, name) ? name : indexed(name),
      )
      const declared = Object.entries(operation.parameters)
      const unknown = names.filter(
        (name) => !operation.additionalProperties && !Object.hasOwn(operation.parameters, name),
      )
      const missing = declared.filter(
        ([name, parameter]) => parameter.in !== 'path' && !parameter.optional && !names.includes(name),
      )
      return [
        ...unknown.map((name) => `${source}: ${name} is not declared`),
        ...missing.map(([name]) => `${source}: ${name} is missing`),
      ]
    })
    expect(faults).toEqual([])
  })

  it.each(answers.map((recording) => [recording.source, recording] as const))('%s', (_, { method, path, body }) => {
    const operation = match(method, path)
    if (!operation) throw new Error(`No operation for ${method} ${path}`)
    const data: unknown = (JSON.parse(body) as { data: unknown }).data
    const coerced = coerceAnswer(data, table[operation.key])
    // Declared types hold after coercion, nothing declared is missing, and nothing comes that is not declared.
    expect(checkAnswer(coerced, operation.result)).toEqual([])
    expect(keysOf(coerced)).toEqual(keysOf(data))
  })
})

describe.skipIf(!recordings)('sources of overlays', () => {
  it('name recordings that exist', () => {
    const known = new Set((recordings ?? []).map(({ source }) => source))
    const named = Object.values(loadOverlays(`${root}/specs/proxmox`)).flatMap(({ source }) => [
      ...source.matchAll(/(?:live-9\.1-9\.2|api-9\.2\.11)\.json (?:"[^"]+"|\w+#\d+)/g),
    ])
    expect(named.length).toBeGreaterThan(15)
    expect(named.map(([source]) => source).filter((source) => !known.has(source))).toEqual([])
  })
})

/** `net0` to the name under which indexed parameters are declared. */
function indexed(name: string): string {
  return name.replace(/\d+$/, '[n]')
}

function keysOf(value: unknown, place = ''): string[] {
  if (typeof value !== 'object' || value === null) return [place]
  return Object.entries(value).flatMap(([key, member]) => keysOf(member, `${place}.${key}`))
}
