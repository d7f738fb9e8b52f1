import { describe, expect, it } from 'vitest'
import { HypervisorError } from '../errors/hypervisor-error.js'
import type { OperationHandle } from './handle.js'
import { done, scripted } from './testing/scripted.js'

const script = scripted({ create: { begin: [{ task: 'T1' }], poll: [done] } })
const handle = await script.start()

/** What advancing and resuming say of a handle from a store or a queue. */
async function refusal(changes: object): Promise<HypervisorError> {
  // Whatever a store gives back arrives under the handle's type.
  const given = { ...handle, ...changes } as OperationHandle
  const advanced: unknown = await script.step(given).catch((reason: unknown) => reason)
  const resumed: unknown = await script.operations.resume(given, {}).catch((reason: unknown) => reason)
  if (!HypervisorError.isInstance(advanced) || !HypervisorError.isInstance(resumed)) throw advanced
  expect(resumed.message).toBe(advanced.message)
  return advanced
}

describe('a handle from elsewhere', () => {
  it.each([
    ['missing', undefined, /lost its version; give back, unchanged/],
    ['older', 0, /version 0 was made by an older @dcm\/core.*finish the operation with the older one/],
    ['newer', 2, /version 2 was made by a newer @dcm\/core; update this process/],
    ['strange', '1', /lost its version/],
  ])('of a %s version is refused with what to do', async (_name, version, message) => {
    expect(await refusal({ version })).toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringMatching(message),
    })
  })

  it.each(['paintVm', 'snapshots.paint', 'toString', '__proto__', '__proto__.constructor', ''])(
    'of the unknown kind %j names the plugin that can do it',
    async (kind) => {
      expect(await refusal({ kind })).toMatchObject({
        code: 'UNSUPPORTED',
        message: expect.stringContaining('use the one that began it'),
      })
      expect((await refusal({ kind: 'cleanUp', of: kind })).code).toBe('UNSUPPORTED')
    },
  )

  it.each([
    ['kind', { kind: undefined }],
    ['kind', { kind: 7 }],
    ['of', { kind: 'cleanUp' }],
    ['of', { kind: 'cleanUp', of: 'cleanUp' }],
    ['cursor', { cursor: null }],
    ['cursor', { cursor: { step: 'create', index: 0, stage: 'other' } }],
    ['phase', { phase: 'sideways' }],
    ['applied', { applied: undefined }],
    ['state', { state: [] }],
    ['warnings', { warnings: null }],
    ['revision', { revision: '1' }],
  ])("that is damaged in its '%s' is refused, never a TypeError", async (member, changes) => {
    expect((await refusal(changes)).message).toContain(`damaged, its '${member}' makes no sense`)
  })

  it.each([[null], ['text'], [[]], [{}]])('that is none at all (%j) is told apart', async (given) => {
    const reason: unknown = await script.operations
      .resume(given as unknown as OperationHandle, {})
      .catch((thrown: unknown) => thrown)
    expect(reason).toMatchObject({ code: 'INVALID_ARGUMENT', message: expect.stringContaining('no operation handle') })
  })

  it('in a newer format is refused also when the store gives it', async () => {
    const stored = { ...handle, version: 2 } as unknown as OperationHandle
    const store = { load: async () => stored, save: async () => true }
    await expect(script.operations.resume(handle, { store })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' })
  })
})
