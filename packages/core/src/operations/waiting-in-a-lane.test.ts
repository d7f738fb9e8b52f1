import { describe, expect, it } from 'vitest'
import type { OperationHandle } from './handle.js'
import type { StepBusy } from './step.js'
import { memoryOperationStore, type OperationStore } from './store.js'
import { blankSpec, done, scripted } from './testing/scripted.js'

const full: StepBusy = { busy: 'another clone to end', retryAfterMs: 100 }
const free = { free: true } as const
const task = { task: 'T1', retryAfterMs: 0 } as const

function countingStore(): OperationStore & { readonly writes: () => number } {
  const store = memoryOperationStore()
  let writes = 0
  return {
    load: store.load,
    save(handle) {
      writes += 1
      return store.save(handle)
    },
    writes: () => writes,
  }
}

describe('waiting in a lane', () => {
  it('of 30 operations writes each once, however many rounds they wait', async () => {
    const store = countingStore()
    const patient = () => ({ store, signal: new AbortController().signal })
    let open = false
    const script = scripted({
      plan: { repeat: 'read' },
      clone: { blockedBy: [() => (open ? free : full)], begin: [task], poll: [done] },
    })
    const start = () =>
      script.operations.start('createVm', { spec: blankSpec }, { store }, new AbortController().signal)
    let handles: OperationHandle[] = (await Promise.all(Array.from({ length: 30 }, start))).map(({ handle }) => handle)
    expect(store.writes()).toBe(30)
    for (let round = 0; round < 20; round += 1) {
      const advances = await Promise.all(handles.map((handle) => script.step(handle, patient())))
      expect(advances.every(({ progress }) => progress.waitingFor === full.busy)).toBe(true)
      handles = advances.map(({ handle }) => handle)
    }
    expect(store.writes()).toBe(30)
    expect(script.calls).not.toContain('clone.begin')
    open = true
    await Promise.all(handles.map((handle) => script.step(handle, patient())))
    // Intent and accepted, as ever.
    expect(store.writes()).toBe(90)
  })

  it('that only the platform knows to be full writes the intent alone', async () => {
    const store = countingStore()
    const script = scripted({ clone: { begin: [full, full, full, task], poll: [done] } })
    const { handle, id } = await script.operations.start(
      'createVm',
      { spec: blankSpec },
      { store },
      new AbortController().signal,
    )
    const second = await script.step(handle, { store })
    await script.step(second.handle, { store })
    expect(store.writes()).toBe(3)
    // Whoever takes it from the store looks before it sends again.
    const stored = await store.load(id)
    if (!stored) throw new Error('nothing was stored')
    expect(stored.cursor.stage).toBe('intent')
    await script.finish(stored, { store })
    expect(script.calls.slice(-3)).toEqual(['clone.find', 'clone.begin', 'clone.poll'])
  })

  it('of a step that may have been sent before does not forget that', async () => {
    const lost = new Error('lost')
    const script = scripted({
      grow: { repeat: 'safe', blockedBy: [free, full, full], begin: [lost], undo: { shrink: {} } },
    })
    const sent = await script.start()
    expect(sent.cursor.stage).toBe('intent')
    const waiting = await script.step(sent)
    expect(waiting.handle.cursor.stage).toBe('intent')
    const advance = await script.finish({ ...waiting.handle, cancelled: true })
    expect(advance.error?.code).toBe('CANCELLED')
    expect(script.calls).toContain('grow.undo.shrink.begin')
  })

  it('whose look fails ends like a read that fails: nothing was sent', async () => {
    const script = scripted({
      clone: { blockedBy: [new Error('strange'), free], begin: [task], poll: [done] },
    })
    await expect(script.start()).rejects.toMatchObject({ code: 'INTERNAL' })
    expect(script.calls).toEqual(['clone.blockedBy'])
    expect(script.checkpoints.filter(({ cursor }) => cursor.stage !== 'ready')).toEqual([])
  })
})
