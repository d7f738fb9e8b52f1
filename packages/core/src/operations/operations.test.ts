import { describe, expect, it } from 'vitest'
import { HypervisorError } from '../errors/hypervisor-error.js'
import type { OperationHandle } from './handle.js'
import { memoryOperationStore } from './store.js'
import { failedHalfWay, lostAnswer } from './testing/errors.js'
import { blankSpec, done, scripted } from './testing/scripted.js'

const task = { task: 'T1' } as const

describe('two runners of one operation', () => {
  it('never send a mutation twice: the store lets one win', async () => {
    const store = memoryOperationStore()
    const script = scripted({ create: {}, start: { begin: [task], poll: [done] } })
    const handle = await script.start({ store })
    const both = await Promise.allSettled([script.step(handle, { store }), script.step(handle, { store })])
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    const lost = both.find((result) => result.status === 'rejected')
    expect(lost?.reason).toMatchObject({ code: 'CONFLICT', details: { reason: 'other-runner' }, retryable: true })
    expect(script.calls.filter((call) => call === 'start.begin')).toHaveLength(1)
  })

  it('find the newest handle in the store when they resume', async () => {
    const store = memoryOperationStore()
    const script = scripted({ create: {}, start: { begin: [task], poll: [done] } })
    const old = await script.start({ store })
    await script.step(old, { store })
    const operation = await script.operations.resume(old, { store })
    expect(operation.handle.cursor).toMatchObject({ step: 'start', stage: 'accepted' })
    expect((await operation.wait()).ok).toBe(true)
  })

  it('without a store meet at find after the slower one lost its answer', async () => {
    const script = scripted({ create: { begin: [lostAnswer()], find: [{ found: 'mine' }] } })
    const handle = await script.start()
    const [first, second] = await Promise.all([script.step(handle), script.step(handle)])
    expect([first?.status, second?.status]).toEqual(['succeeded', 'succeeded'])
    expect(script.calls.filter((call) => call === 'create.begin')).toHaveLength(1)
  })
})

describe('a checkpoint that cannot be stored', () => {
  it('after a mutation does not make this process send it again', async () => {
    let broken = false
    const script = scripted({
      create: {},
      start: { begin: [task], find: [{ found: 'running', task: 'T1' }], poll: [done] },
    })
    const operation = await script.operations.start(
      'createVm',
      { spec: blankSpec },
      {
        onCheckpoint: (handle) => {
          if (broken && handle.cursor.stage === 'accepted') throw new Error('database away')
        },
      },
      new AbortController().signal,
    )
    broken = true
    await expect(operation.wait()).rejects.toThrow('database away')
    broken = false
    expect((await operation.wait()).ok).toBe(true)
    expect(script.calls.filter((call) => call === 'start.begin')).toHaveLength(1)
  })

  it('in a store that fails for a moment does not lock this process out', async () => {
    const store = memoryOperationStore()
    let broken = false
    const flaky = {
      load: store.load,
      save: (handle: OperationHandle) => (broken ? Promise.reject(new Error('store away')) : store.save(handle)),
    }
    const script = scripted({ create: {}, start: { begin: [task], poll: [done] } })
    const operation = await script.operations.start(
      'createVm',
      { spec: blankSpec },
      { store: flaky },
      new AbortController().signal,
    )
    broken = true
    await expect(operation.wait()).rejects.toThrow('store away')
    broken = false
    expect((await operation.wait()).ok).toBe(true)
  })
})

describe('the handle', () => {
  it('stays below 4 KiB with every text at its longest', async () => {
    const long = 'ä'.repeat(2000)
    const script = scripted({
      create: {
        begin: [{ done: true, warnings: Array(20).fill(long) }],
        undo: { destroy: { begin: [failedHalfWay(long)] } },
        leftovers: () => [{ kind: 'vm', id: 'vm-1', name: 'n'.repeat(60) }],
      },
      disk: { undo: { remove: { begin: [failedHalfWay(long)] } } },
      start: { begin: [failedHalfWay(long)] },
    })
    const spec = { ...blankSpec, description: 'd'.repeat(1800) }
    const advance = await script.finish(await script.start({ spec }))
    expect(advance.error?.code).toBe('PARTIAL')
    for (const handle of script.checkpoints) expect(Buffer.byteLength(JSON.stringify(handle))).toBeLessThan(4096)
  })

  it('refuses a specification that it cannot carry, before anything is sent', async () => {
    const script = scripted({ create: {} })
    const spec = { ...blankSpec, description: 'd'.repeat(3000) }
    await expect(script.start({ spec })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' })
    expect(script.calls).toEqual([])
  })

  it('of another endpoint, platform, version or shape is refused', async () => {
    const script = scripted({ create: { begin: [task], poll: [done] } })
    const handle = await script.start()
    for (const wrong of [{ endpoint: 'other' }, { type: 'other' }, { version: 2 }, { cursor: undefined }]) {
      // Deliberately not a handle.
      const broken = { ...handle, ...wrong } as unknown as OperationHandle
      await expect(script.operations.advance(broken, {}, new AbortController().signal)).rejects.toMatchObject({
        code: 'INVALID_ARGUMENT',
      })
    }
  })
})

describe('inline secrets', () => {
  const spec = { ...blankSpec, customization: { userName: 'ada', password: { secretValue: 'hunter2' } } }
  const steps = {
    create: {},
    seed: {
      repeat: 'safe' as const,
      begin: [
        async ({ input, reveal }: { input: unknown; reveal(secret: never): Promise<{ reveal(): string }> }) => {
          const { spec: sealed } = input as { spec: { customization: { password: never } } }
          return {
            done: true as const,
            state: { length: (await reveal(sealed.customization.password)).reveal().length },
          }
        },
      ],
    },
  }

  it('never stand in a handle, and are there while the process lives', async () => {
    const script = scripted(steps, { digestKey: 'key' })
    const signal = new AbortController().signal
    const onCheckpoint = (handle: OperationHandle) => void script.checkpoints.push(handle)
    const operation = await script.operations.start('createVm', { spec }, { onCheckpoint }, signal)
    expect(await operation.wait()).toMatchObject({ ok: true })
    expect(operation.handle.state).toMatchObject({ length: 7 })
    expect(JSON.stringify(script.checkpoints)).not.toContain('hunter2')
    expect(JSON.stringify(script.checkpoints)).toContain('digest')
  })

  it('must be given again in another process, and must be the same', async () => {
    const script = scripted(steps, { digestKey: 'key' })
    const handle = await script.start({ spec })
    const without = await script.finish(handle)
    expect(without.error).toMatchObject({ code: 'FAILED_PRECONDITION', details: { reason: 'secret-needed-again' } })
    const other = { ...spec, customization: { userName: 'ada', password: { secretValue: 'other' } } }
    await expect(script.step(handle, { spec: other })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' })
    expect((await script.finish(handle, { spec })).status).toBe('succeeded')
  })

  it('by reference need not be given again', async () => {
    const script = scripted(steps)
    const byReference = { ...blankSpec, customization: { password: { secretRef: 'env:PASSWORD' } } }
    const advance = await script.finish(await script.start({ spec: byReference }))
    expect(advance).toMatchObject({
      status: 'succeeded',
      handle: { state: { length: 'value of env:PASSWORD'.length } },
    })
  })
})

describe('the result', () => {
  it('that cannot be read yet does not undo what was done', async () => {
    let reads = 0
    const result = () => {
      if (reads++ === 0) throw new HypervisorError('UNAVAILABLE', 'not now')
      return { name: 'web' }
    }
    const store = memoryOperationStore()
    const script = scripted({ create: {}, start: {} }, { result })
    const signal = new AbortController().signal
    const operation = await script.operations.start('createVm', { spec: blankSpec }, { store }, signal)
    expect(await operation.wait()).toMatchObject({ ok: false, error: { code: 'UNAVAILABLE' } })
    expect(await operation.wait()).toMatchObject({ ok: true, value: { name: 'web' } })
    expect(script.calls).toEqual(['create.begin', 'start.begin'])
  })
})

describe('events', () => {
  it('tell each begin, acceptance, retry, failure and end, with actor and operation', async () => {
    const script = scripted({ create: { begin: [task], poll: [done] }, start: { begin: [failedHalfWay()] } })
    const handle = await script.start({ actor: 'ada' })
    await script.finish(handle)
    expect(script.events.map(({ event, step }) => `${event} ${step}`)).toEqual([
      'begin create',
      'accepted create',
      'done create',
      'begin start',
      'failed start',
      'ended start',
    ])
    expect(script.events.every(({ actor, operationId }) => actor === 'ada' && operationId === handle.id)).toBe(true)
    expect(script.events.at(-1)?.code).toBe('INTERNAL')
  })
})
