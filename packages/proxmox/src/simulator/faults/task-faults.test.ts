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

  it('spares as many tasks as it is told', () => {
    const faults = createTaskFaults()
    faults.add({ how: 'fail', text: 'the third', after: 2 })
    expect(() => faults.onStart(clone)).not.toThrow()
    expect(() => faults.onStart({ type: 'qmconfig', id: '100' })).not.toThrow()
    expect(() => faults.onStart(clone)).toThrow('the third')
    expect(() => faults.onStart(clone)).not.toThrow()
  })

  it('warns without doing harm', () => {
    const faults = createTaskFaults()
    faults.add({ taskType: 'qmclone', how: 'warn', text: 'mind the gap' })
    expect(() => faults.onStart(clone)).not.toThrow()
    expect([faults.warningOf(clone), faults.warningOf(clone)]).toEqual(['mind the gap', undefined])
  })

  it('hides a task', () => {
    const faults = createTaskFaults()
    faults.add({ taskType: 'qmclone', how: 'vanish', text: '' })
    expect(() => faults.onStart(clone)).not.toThrow()
    expect([faults.hides(clone), faults.hides(clone)]).toEqual([true, false])
  })
})
