import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../json.js'
import { fitHandle, hasRoom, longestHandle } from './fit-handle.js'
import type { AppliedStep, OperationHandle } from './handle.js'
import type { Leftover } from './step.js'
import { failedHalfWay, refused } from './testing/errors.js'
import { done, scripted } from './testing/scripted.js'

const handle: OperationHandle = {
  version: 1,
  id: 'id',
  kind: 'createVm',
  endpoint: 'e',
  type: 't',
  createdAt: '2026-01-01T00:00:00.000Z',
  startedAt: 0,
  revision: 1,
  input: { spec: 'x'.repeat(1500) },
  state: { disks: 'y'.repeat(500) },
  phase: 'ended',
  cursor: { step: 'create', index: 0, stage: 'ready', tries: 0 },
  applied: [],
  fraction: 1,
  warnings: Array<string>(10).fill('w'.repeat(300)),
}

const bytes = (value: unknown): number => Buffer.byteLength(JSON.stringify(value))

it('leaves a small handle as it is', () => {
  const small = { ...handle, warnings: [] }
  expect(fitHandle(small)).toBe(small)
})

it('cuts texts for people, never what the operation needs', () => {
  const fitted = fitHandle(handle)
  expect(bytes(fitted)).toBeLessThan(longestHandle)
  expect({ ...fitted, warnings: [] }).toEqual({ ...handle, warnings: [] })
  expect(fitted.warnings).toHaveLength(5)
})

describe('a handle below 4 KiB', () => {
  const text = fc
    .tuple(fc.string({ unit: 'binary', maxLength: 12 }), fc.nat(90))
    .map(([piece, times]) => piece.repeat(times))
  const error = fc.record({ text, long: fc.boolean() }).map(({ text: said, long }) => {
    const { details, ...json } = failedHalfWay(said).toJSON()
    return { ...json, endpoint: said, details: long ? { ...details, said: said.repeat(5) } : details }
  })
  const entries = fc.array(fc.record<AppliedStep>({ step: fc.constant('disk'), index: fc.nat(99) }), { maxLength: 40 })
  const grown = fc
    .record({
      state: fc.dictionary(fc.string({ maxLength: 20 }), text, { maxKeys: 6 }),
      task: text,
      warnings: fc.array(text, { maxLength: 12 }),
      error: fc.option(error, { nil: undefined }),
      undoErrors: fc.option(fc.array(error, { maxLength: 5 }), { nil: undefined }),
      removed: fc.option(fc.array(text, { maxLength: 60 }), { nil: undefined }),
      leftovers: fc.option(fc.array(fc.record<Leftover>({ kind: fc.constant('volume'), id: text })), {
        nil: undefined,
      }),
      applied: entries,
      stuck: fc.option(entries, { nil: undefined }),
    })
    .map(({ task, ...members }): OperationHandle => {
      const cursor = { ...handle.cursor, stage: 'accepted', task } as const
      const present = Object.entries(members).filter(([, value]) => value !== undefined)
      return { ...handle, input: 'i', cursor, ...Object.fromEntries(present) }
    })

  it('keeps what the operation needs, or is refused: never longer', () => {
    let refusedOnes = 0
    fc.assert(
      fc.property(grown, (given) => {
        let fitted: OperationHandle
        try {
          fitted = fitHandle(given)
        } catch {
          refusedOnes += 1
          expect(hasRoom(given)).toBe(false)
          return
        }
        expect(bytes(fitted)).toBeLessThan(longestHandle)
        const { input, state, cursor, applied, stuck } = given
        expect(fitted).toMatchObject({ input, state, cursor, applied, ...(stuck && { stuck }) })
        if (given.error) expect(fitted.error?.code).toBe(given.error.code)
      }),
      { numRuns: 400 },
    )
    expect(refusedOnes).toBeGreaterThan(0)
  })

  const patch = fc.option(fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), text), { nil: undefined })
  const learned = fc.record({ patches: fc.array(patch, { minLength: 6, maxLength: 6 }), task: text, times: fc.nat(60) })

  it('is all that is ever stored, whatever the steps learn, and the operation ends', async () => {
    let failures = 0
    await fc.assert(
      fc.asyncProperty(learned, fc.boolean(), async ({ patches, task, times }, fails) => {
        const state = (index: number): { state?: JsonObject } => (patches[index] ? { state: patches[index] } : {})
        const leftovers = () => [{ kind: 'volume', id: task } as const]
        const undo = { remove: { begin: [refused(task), done] } } as const
        const script = scripted({
          create: {
            begin: [{ task, ...state(0) }],
            poll: [
              { running: true, ...state(1) },
              { ...done, ...state(2) },
            ],
            undo: { off: { begin: [{ task, ...state(3) }], poll: [done] }, destroy: { begin: [refused(task)] } },
            leftovers,
          },
          disk: { repeat: 'safe', times: () => times, begin: [{ ...done, ...state(4) }], undo, leftovers },
          start: { begin: [fails ? failedHalfWay(task) : { ...done, warnings: [task], ...state(5) }] },
        })
        const advance = await script.finish(await script.start())
        for (const stored of script.checkpoints) expect(bytes(stored)).toBeLessThan(longestHandle)
        expect(advance.status).toMatch(/^(succeeded|failed)$/)
        if (!fails && advance.status === 'failed') failures += 1
      }),
      { numRuns: 60 },
    )
    expect(failures).toBeGreaterThan(0)
  })

  it('without room for another step fails before that is sent, and takes back the others', async () => {
    const script = scripted({
      create: { begin: [{ ...done, state: { learned: 'y'.repeat(3060) } }], undo: { destroy: {} } },
      start: {},
    })
    const advance = await script.finish(await script.start())
    expect(advance.error).toMatchObject({
      code: 'RESOURCE_EXHAUSTED',
      message: expect.stringContaining("at 'start'"),
      details: { resource: 'operation-handle' },
    })
    expect(script.calls).toEqual(['create.begin', 'create.undo.destroy.begin'])
  })
})
