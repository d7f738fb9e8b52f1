import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createTaskProgressReader } from './task-progress.js'

const clone = [
  'creating a clone of VM 100 with ID 101',
  'create full clone of drive scsi0 (lab:100/vm-100-disk-0.qcow2)',
  "allocated target volume 'lab:101/vm-101-disk-0.qcow2'",
  'transferred 0.0 B of 18.2 MiB (0.00%)',
  'transferred 15.6 MiB of 18.2 MiB (85.71%)',
  'transferred 18.2 MiB of 18.2 MiB (100.00%)',
  'transferred 18.2 MiB of 18.2 MiB (100.00%)',
]

function follow(lines: readonly string[], transfers?: number): (number | undefined)[] {
  const reader = createTaskProgressReader(transfers === undefined ? {} : { transfers })
  return lines.map((line) => reader.read([line]).fraction)
}

describe('createTaskProgressReader', () => {
  it('follows a recorded clone and reaches 1 only at its end', () => {
    expect(follow([...clone, 'TASK OK'])).toEqual([undefined, undefined, undefined, 0, 0.8571, 0.99, 0.99, 1])
  })

  it('divides by the number of disks where that is known', () => {
    const second = clone.slice(1).map((line) => line.replace('scsi0', 'scsi1'))
    const fractions = follow([...clone, ...second], 2).filter((fraction) => fraction !== undefined)
    expect(fractions).toEqual([0, 0.42855, 0.5, 0.5, 0.5, 0.5, 0.5, 0.92855, 0.99, 0.99])
  })

  it('sees the next disk in a log that announces none', () => {
    expect(follow(['progress 100%', 'progress 10%', 'progress 90%'], 2)).toEqual([0.5, 0.55, 0.95])
  })

  it('knows block jobs and warnings', () => {
    const line = 'drive-scsi0: transferred 1.0 GiB of 4.0 GiB (25.00%) in 3s'
    expect(follow(['drive mirror is starting for drive-scsi0', line, 'TASK WARNINGS: 1'])).toEqual([undefined, 0.25, 1])
  })

  it('has no fraction without percentages, and keeps it on errors', () => {
    expect(follow(['Formatting ...', 'TASK ERROR: no'])).toEqual([undefined, undefined])
    expect(follow(['progress 40%', 'TASK ERROR: 90% done'])).toEqual([0.4, 0.4])
    expect(follow(['usage 250%'])).toEqual([undefined])
  })

  it('never decreases and stays within 0 and 1, whatever the log says', () => {
    const line = fc.oneof(
      fc.string(),
      fc.float({ min: 0, max: 200, noNaN: true }).map((percent) => `transferred (${percent.toFixed(2)}%)`),
      fc.constantFrom('create full clone of drive scsi1 (x)', 'TASK OK', 'TASK ERROR: x'),
    )
    fc.assert(
      fc.property(fc.array(line), fc.integer({ min: -1, max: 5 }), (lines, transfers) => {
        let last = 0
        for (const fraction of follow(lines, transfers)) {
          if (fraction === undefined) continue
          expect(fraction).toBeGreaterThanOrEqual(last)
          expect(fraction).toBeLessThanOrEqual(1)
          last = fraction
        }
      }),
    )
  })
})
