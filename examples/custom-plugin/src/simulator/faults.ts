/** What can be made to go wrong. Each is one field, so that a harness switches it by an assignment. */
export interface PebbleFaults {
  /** Reads are answered with a page of something else, or with bodies that never end. */
  reads: 'right' | 'garbage' | 'stall'
  /** Counted down by every write: the one that reaches zero meets `how`. */
  write: { left: number; how: 'refuse' | 'lose-answer' } | undefined
  /** Counted down by every task: the one that reaches zero fails with `text`. */
  task: { left: number; text: string } | undefined
  /** Removals are refused. */
  stuck: boolean
  full: boolean
  /** Milliseconds that each answer is held back. */
  delayMs: number
  /** Ids of VMs whose guests ignore the power button. */
  readonly deaf: Set<string>
}

export function noFaults(): PebbleFaults {
  return { reads: 'right', write: undefined, task: undefined, stuck: false, full: false, delayMs: 0, deaf: new Set() }
}

/** Is it this one's turn? */
export function strikes(fault: { left: number } | undefined): boolean {
  if (!fault || fault.left === 0) return false
  fault.left -= 1
  return fault.left === 0
}
