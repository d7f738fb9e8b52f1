import { describe, expect, it } from 'vitest'
import {
  compileDecoder,
  compileEncoder,
  createDecodeReport,
  XmlEncodeError,
} from '../../packages/wire/src/xml/index.js'
import { indexOfSchema } from '../../packages/wire/src/xml/schema/type-table.js'
import type { GenerationPlan } from './plan/generation-plan.js'
import { planHmc, planVim, schemaOf } from './testing/parts.js'

interface Findings {
  readonly types: number
  readonly wrong: readonly string[]
  /** Why values were not written. */
  readonly refused: readonly string[]
}

/** Decodes an empty element of every type and writes what came out again. */
function checkEveryType(plan: GenerationPlan): Findings {
  const schema = schemaOf(plan)
  const index = indexOfSchema(schema)
  const keys = schema.parts.flatMap((part) => Object.keys(part.types))
  const [wrong, refused]: [string[], string[]] = [[], []]
  for (const key of keys) {
    const table = index.type(key)
    if (table === undefined) throw new Error(`${key} has no table`)
    const report = createDecodeReport()
    const value = compileDecoder(schema, key).decode(`<X xmlns="${table.namespace}"/>`, { report })
    if (report.unknownElements.size + report.unknownTypes.size > 0) wrong.push(`${key} does not know itself`)
    for (const row of table.rows) {
      if (row.kind === 'skip' || row.place === 'any') continue
      if (!Object.hasOwn(value as object, row.property)) wrong.push(`${key} lacks ${row.property}`)
    }
    try {
      compileEncoder(schema, key).encode(value)
      if (table.rows.some((row) => row.required && row.place === 'element'))
        wrong.push(`${key} was written without what it requires`)
    } catch (error) {
      if (!(error instanceof XmlEncodeError)) throw error
      refused.push(error.message)
    }
  }
  return { types: keys.length, wrong, refused }
}

describe('tables of every type are read by the codec', () => {
  it('of the HMC', () => {
    const { types, wrong, refused } = checkEveryType(planHmc())
    expect(types).toBeGreaterThan(250)
    expect(wrong).toEqual([])
    expect(refused).toEqual([])
  })

  it('of vim25, which refuses to write a type without what it requires', () => {
    const { types, wrong, refused } = checkEveryType(planVim())
    expect(types).toBeGreaterThan(5_000)
    expect(wrong).toEqual([])
    expect(refused.length).toBeGreaterThan(1_000)
    expect(refused.filter((message) => !message.includes('is required'))).toEqual([])
  })

  it('and keys are unique over all parts, also beside the names of kinds', () => {
    const kinds = [
      'string',
      'token',
      'boolean',
      'int',
      'short',
      'byte',
      'long',
      'bigint',
      'double',
      'any',
      'raw',
      'skip',
    ]
    for (const plan of [planHmc(), planVim()]) {
      const keys = schemaOf(plan).parts.flatMap(({ types, enumerations, simpleTypes }) => [
        ...Object.keys(types),
        ...Object.keys(enumerations ?? {}),
        ...Object.keys(simpleTypes ?? {}),
      ])
      expect(new Set([...keys, ...kinds]).size).toBe(keys.length + kinds.length)
    }
  })
})
