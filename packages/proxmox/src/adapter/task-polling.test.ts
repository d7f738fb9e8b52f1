import { describe, expect, it } from 'vitest'
import type { TaskState } from '../client/task-state.js'
import { createTaskPolling } from './task-polling.js'

const never = new AbortController().signal

describe('looks at tasks', () => {
  it('of one turn share one call, also for one task twice', async () => {
    const asked: (readonly string[])[] = []
    const polling = createTaskPolling({
      async taskStates(upids) {
        asked.push(upids)
        return new Map(upids.map((upid): [string, TaskState] => [upid, { state: 'running' }]))
      },
    })
    const states = await Promise.all(['a', 'b', 'a'].map((upid) => polling.look(upid, never)))
    expect(states).toEqual([{ state: 'running' }, { state: 'running' }, { state: 'running' }])
    expect(asked).toEqual([['a', 'b']])
    await polling.look('c', never)
    expect(asked).toHaveLength(2)
  })

  it('end for a caller that gives up, and go on for the others', async () => {
    const controller = new AbortController()
    const polling = createTaskPolling({ taskStates: async () => new Map([['a', { state: 'lost' }]]) })
    const [given, other] = [polling.look('a', controller.signal), polling.look('a', never)]
    controller.abort()
    await expect(given).rejects.toMatchObject({ kind: 'aborted' })
    await expect(other).resolves.toEqual({ state: 'lost' })
    await expect(polling.look('a', controller.signal)).rejects.toMatchObject({ kind: 'aborted' })
  })

  it('fail together', async () => {
    const polling = createTaskPolling({ taskStates: () => Promise.reject(new Error('down')) })
    await expect(Promise.all([polling.look('a', never), polling.look('b', never)])).rejects.toThrow('down')
  })
})
