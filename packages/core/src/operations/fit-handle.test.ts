import { expect, it } from 'vitest'
import { fitHandle, longestHandle } from './fit-handle.js'
import type { OperationHandle } from './handle.js'

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

it('leaves a small handle as it is', () => {
  const small = { ...handle, warnings: [] }
  expect(fitHandle(small)).toBe(small)
})

it('cuts texts for people, never what the operation needs', () => {
  const fitted = fitHandle(handle)
  expect(Buffer.byteLength(JSON.stringify(fitted))).toBeLessThan(longestHandle)
  expect({ ...fitted, warnings: [] }).toEqual({ ...handle, warnings: [] })
  expect(fitted.warnings).toHaveLength(5)
})
