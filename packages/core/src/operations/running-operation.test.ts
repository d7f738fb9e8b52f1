import { describe, expect, it } from 'vitest'
import { memoryOperationStore, type OperationStore } from './store.js'
import { failedHalfWay, refused } from './testing/errors.js'
import { blankSpec, done, type Scripted, scripted } from './testing/scripted.js'

const task = { task: 'T1', retryAfterMs: 0 } as const
const running = { running: true, retryAfterMs: 0 } as const

const start = (script: Scripted, store?: OperationStore) =>
  script.operations.start('createVm', { spec: blankSpec }, { ...(store && { store }) }, new AbortController().signal)
const begin = (script: Scripted) => start(script)

describe('waiting', () => {
  it('gives the result, and shows progress', async () => {
    const script = scripted({ create: { begin: [task], poll: [{ ...running, fraction: 0.5 }, done] } })
    const seen: (number | undefined)[] = []
    const operation = await begin(script)
    const result = await operation.wait({ onProgress: ({ fraction }) => seen.push(fraction) })
    expect(result).toMatchObject({ ok: true, value: { name: 'web' } })
    expect(seen).toEqual([0.5, 1])
  })

  it('by several waiters at once takes each step once', async () => {
    const script = scripted({ create: { begin: [task], poll: [running, running, done] }, start: {} })
    const operation = await begin(script)
    const results = await Promise.all([operation.wait(), operation.wait(), operation.wait()])
    expect(results.map(({ ok }) => ok)).toEqual([true, true, true])
    expect(script.calls.filter((call) => call === 'start.begin')).toHaveLength(1)
  })

  it('ends when aborted or out of time, and leaves the remote work alone', async () => {
    const script = scripted({
      create: { begin: [task], poll: [{ running: true, retryAfterMs: 5 }], undo: { destroy: {} } },
    })
    const operation = await begin(script)
    const controller = new AbortController()
    setTimeout(() => controller.abort(), 20)
    expect(await operation.wait({ signal: controller.signal })).toMatchObject({
      ok: false,
      error: { code: 'CANCELLED' },
    })
    expect(await operation.wait({ timeoutMs: 20 })).toMatchObject({
      ok: false,
      error: { code: 'TIMEOUT', details: { timeoutMs: 20 }, outcome: 'unknown' },
    })
    expect(operation.handle).toMatchObject({ phase: 'forward', cursor: { stage: 'accepted' } })
    expect(script.calls).not.toContain('create.undo.destroy.begin')
  })

  it('is not thenable: awaiting the method does not wait for the work', async () => {
    const operation = await begin(scripted({ create: { begin: [task], poll: [running] } }))
    expect('then' in operation).toBe(false)
  })
})

describe('cancelling', () => {
  it('stops the native task, takes back what was done, and says cancelled', async () => {
    const script = scripted({
      create: { begin: [task], cancel: [true], poll: [failedHalfWay('interrupted')], undo: { destroy: {} } },
    })
    const operation = await begin(script)
    expect(await operation.cancel()).toEqual({ ok: true, value: 'cancelled' })
    expect(script.calls).toEqual(['create.begin', 'create.cancel', 'create.poll', 'create.undo.destroy.begin'])
    expect(await operation.wait()).toMatchObject({ ok: false, error: { code: 'CANCELLED' } })
  })

  it('of a task that cannot be stopped waits for its end, then undoes', async () => {
    const script = scripted({ create: { begin: [task], poll: [running, done], undo: { destroy: {} } }, start: {} })
    const operation = await begin(script)
    expect(await operation.cancel()).toEqual({ ok: true, value: 'cancelled' })
    expect(script.calls).toEqual(['create.begin', 'create.poll', 'create.poll', 'create.undo.destroy.begin'])
  })

  it('between two steps begins nothing more', async () => {
    const script = scripted({ create: { undo: { destroy: {} } }, start: {} })
    const operation = await begin(script)
    expect(await operation.cancel()).toEqual({ ok: true, value: 'cancelled' })
    expect(script.calls).toEqual(['create.begin', 'create.undo.destroy.begin'])
  })

  it('of work that can neither be stopped nor undone says so, and it goes on', async () => {
    const script = scripted({ stop: { begin: [task], cancel: [false], poll: [done] } })
    const operation = await begin(script)
    expect(await operation.cancel()).toEqual({ ok: true, value: 'not-cancellable' })
    expect(await operation.wait()).toMatchObject({ ok: true })
  })

  it('comes too late for what is done', async () => {
    const last = scripted({ create: { begin: [task], cancel: [true], poll: [done], undo: { destroy: {} } } })
    expect(await (await begin(last)).cancel()).toEqual({ ok: true, value: 'too-late' })
  })

  it('of an operation that failed by itself answers its error, not that it came too late', async () => {
    const failing = scripted({
      create: { undo: { destroy: { begin: [task], poll: [running, done] } } },
      start: { begin: [refused()] },
    })
    const operation = await begin(failing)
    const { handle: undoing } = await failing.step(operation.handle)
    expect(undoing.phase).toBe('undo')
    const failed = { ok: false, error: { code: 'FAILED_PRECONDITION' } }
    expect(await (await failing.operations.resume(undoing, {})).cancel()).toMatchObject(failed)
    await operation.wait()
    expect(await operation.cancel()).toMatchObject(failed)
  })

  it('of a task that cannot be stopped and fails by itself tells its failure', async () => {
    const script = scripted({
      create: { begin: [task], cancel: [false], poll: [running, failedHalfWay('disk full')], undo: { destroy: {} } },
    })
    const operation = await begin(script)
    expect(await operation.cancel()).toMatchObject({ ok: false, error: { native: { text: 'disk full' } } })
    expect(script.calls).toContain('create.undo.destroy.begin')
  })

  it('of work that cannot be stopped leaves no cancellation in the store', async () => {
    const store = memoryOperationStore()
    const script = scripted({ stop: { begin: [task], cancel: [false], poll: [done] } })
    const operation = await start(script, store)
    expect(await operation.cancel()).toEqual({ ok: true, value: 'not-cancellable' })
    expect(await store.load(operation.id)).toEqual(operation.handle)
    expect(operation.handle.cancelled).toBeUndefined()
    expect(await operation.wait()).toMatchObject({ ok: true })
  })

  it('by a runner that lost the operation to another one stops nothing', async () => {
    const store = memoryOperationStore()
    const script = scripted({ create: { begin: [task], cancel: [true], poll: [running], undo: { destroy: {} } } })
    const operation = await start(script, store)
    await store.save({ ...operation.handle, revision: operation.handle.revision + 1 })
    expect(await operation.cancel()).toMatchObject({ ok: false, error: { details: { reason: 'other-runner' } } })
    expect(script.calls).not.toContain('create.cancel')
  })

  it('stops native tasks within the lane of mutations', async () => {
    let now = 0
    let most = 0
    const stopping = async () => {
      most = Math.max(most, ++now)
      await new Promise((resolve) => setTimeout(resolve, 5))
      now -= 1
      return true
    }
    const script = scripted({
      create: { begin: [task], cancel: [stopping], poll: [failedHalfWay()], undo: { destroy: {} } },
    })
    const operations = await Promise.all(Array.from({ length: 12 }, () => begin(script)))
    await Promise.all(operations.map((operation) => operation.cancel()))
    expect(most).toBe(4)
  })

  it('by two at once is true for both', async () => {
    const undo = { destroy: { begin: [task], poll: [running, running, done] } }
    const script = scripted({ create: { begin: [task], cancel: [true], poll: [failedHalfWay()], undo } })
    const operation = await begin(script)
    const answers = await Promise.all([operation.cancel(), operation.cancel()])
    expect(answers).toEqual([
      { ok: true, value: 'cancelled' },
      { ok: true, value: 'cancelled' },
    ])
  })

  it('that cannot take everything back answers PARTIAL', async () => {
    const script = scripted({ create: { undo: { destroy: { begin: [refused()] } } }, start: {} })
    expect(await (await begin(script)).cancel()).toMatchObject({ ok: false, error: { code: 'PARTIAL' } })
  })

  it('of a request whose answer was lost looks first', async () => {
    const script = scripted({ create: { find: [{ found: 'mine' }], undo: { destroy: {} } }, start: {} })
    const handle = await script.start()
    const intent = script.checkpoints[0]
    if (!intent) throw new Error(`no checkpoint of ${handle.id}`)
    const operation = await script.operations.resume(intent, {})
    expect(await operation.cancel()).toEqual({ ok: true, value: 'cancelled' })
    expect(script.calls).toEqual(['create.begin', 'create.find', 'create.undo.destroy.begin'])
  })
})
