/** How far a task is, as far as its log tells. */
export interface TaskProgress {
  /** From 0 to 1, never decreasing; undefined while the log has shown no percentage. Tasks without disk copies show none. */
  readonly fraction: number | undefined
  /** Last line of the log. */
  readonly line: string | undefined
}

export interface TaskProgressReader {
  /** Takes new lines of the log and returns where the task is now. */
  read(lines: readonly string[]): TaskProgress
}

const percentage = /(\d{1,3}(?:\.\d+)?)\s*%/g
const nextTransfer =
  /^create full clone of drive |^drive mirror is starting for |^(?:start|starting) (?:full )?(?:copy|move) /i

/**
 * Follows the percentages in a task's log. Each disk counts from 0 to 100 by itself: `transfers` says how many are
 * copied, so that the whole is known; without it one is assumed and more are found as they start.
 * Only the end of the task is 1: until `TASK OK` or `TASK WARNINGS` the fraction stays below.
 */
export function createTaskProgressReader(options: { readonly transfers?: number } = {}): TaskProgressReader {
  const expected = Math.max(1, Math.trunc(options.transfers ?? 1) || 1)
  let started = 0
  let current: number | undefined
  let highest: number | undefined
  let line: string | undefined

  function read(lines: readonly string[]): TaskProgress {
    for (const text of lines) readLine(text)
    return { fraction: highest, line }
  }

  function readLine(text: string): void {
    line = text
    if (/^TASK (?:OK|WARNINGS)/.test(text)) {
      highest = 1
      return
    }
    if (/^TASK ERROR/.test(text)) return
    if (nextTransfer.test(text)) {
      started += 1
      current = undefined
      return
    }
    const percent = lastPercentage(text)
    if (percent === undefined) return
    const fraction = percent / 100
    // A log that announces no transfers: falling back from the end to the beginning is the next disk.
    if (current !== undefined && current >= 0.99 && fraction < 0.5) started += 1
    started = Math.max(1, started)
    current = fraction
    raise((started - 1 + fraction) / Math.max(expected, started))
  }

  function raise(fraction: number): void {
    highest = Math.max(highest ?? 0, Math.min(fraction, 0.99))
  }

  return { read }
}

function lastPercentage(text: string): number | undefined {
  let last: number | undefined
  for (const [, digits = ''] of text.matchAll(percentage)) {
    const value = Number(digits)
    if (value <= 100) last = value
  }
  return last
}
