import { describe, expect, it } from 'vitest'
import { WorkerKilled } from '../tasks/worker.js'
import { createTaskFaults } from './task-faults.js'

const clone = { type: 'qmclone', id: '9000' }

describe('createTaskFaults', () => {
  it('strikes the next task that fits, once', () => {
    const faults = createTaskFaults()
    faults.add({ taskType: 'qmclone', how: 'fail', text: 'no luck' })
    expect(() => faults.onStart({ type: 'qmstart', id: '100' })).not.toThrow()
    expect(() => faults.onStart(clone)).toThrow('no luck')
    expect(() => faults.onStart(clone)).not.toThrow()
  })

  it('waits for a line of the log', () => {
    const faults = createTaskFaults()
    faults.add({ whenLog: '50.00%', how: 'kill', text: '' })
    expect(() => faults.onStart(clone)).not.toThrow()
    expect(() => faults.onLine(clone, 'transferred (25.00%)')).not.toThrow()
    expect(() => faults.onLine(clone, 'transferred (50.00%)')).toThrow(WorkerKilled)
  })

  it('hides a task', () => {
    const faults = createTaskFaults()
    faults.add({ taskType: 'qmclone', how: 'vanish', text: '' })
    expect(() => faults.onStart(clone)).not.toThrow()
    expect([faults.hides(clone), faults.hides(clone)]).toEqual([true, false])
  })
})
