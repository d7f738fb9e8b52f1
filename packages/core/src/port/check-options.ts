import type { Problem } from '../errors/error-codes.js'
import type { DeleteOptions, RestartOptions, StopOptions } from '../model/vm.js'
import { invalidArgument } from '../schema/check.js'

const defaultGraceMs = 120_000

/** The options with their defaults. */
export function checkStopOptions(options: StopOptions): Required<StopOptions> {
  const { mode = 'graceful', graceMs = defaultGraceMs, discardSavedState = false } = options
  const problems = [
    ...oneOfWords('mode', mode, ['graceful', 'hard', 'graceful-then-hard']),
    ...milliseconds('graceMs', graceMs),
    ...yesOrNo('discardSavedState', discardSavedState),
  ]
  if (problems.length > 0) throw invalidArgument('the options', problems)
  return { mode, graceMs, discardSavedState }
}

/** The options with their defaults. */
export function checkRestartOptions(options: RestartOptions): Required<RestartOptions> {
  const { mode = 'graceful', graceMs = defaultGraceMs } = options
  const problems = [...oneOfWords('mode', mode, ['graceful', 'hard']), ...milliseconds('graceMs', graceMs)]
  if (problems.length > 0) throw invalidArgument('the options', problems)
  return { mode, graceMs }
}

/** The options with their defaults. */
export function checkDeleteOptions(options: DeleteOptions): Required<DeleteOptions> {
  const { disks = 'delete', force = false } = options
  const problems = [...oneOfWords('disks', disks, ['delete', 'keep']), ...yesOrNo('force', force)]
  if (problems.length > 0) throw invalidArgument('the options', problems)
  return { disks, force }
}

/** A key is 1 to 256 characters; it never becomes a name on the platform, so any are good. */
export function checkIdempotencyKey(key: string | undefined): void {
  if (key === undefined || (typeof key === 'string' && key.length >= 1 && key.length <= 256)) return
  throw invalidArgument('the options', [{ path: 'idempotencyKey', message: 'must be a text of 1 to 256 characters' }])
}

function oneOfWords(path: string, value: string, words: readonly string[]): readonly Problem[] {
  return words.includes(value) ? [] : [{ path, message: `must be ${words.map((word) => `'${word}'`).join(' or ')}` }]
}

function milliseconds(path: string, value: number): readonly Problem[] {
  return Number.isFinite(value) && value >= 0 ? [] : [{ path, message: 'must be a number of milliseconds' }]
}

function yesOrNo(path: string, value: boolean): readonly Problem[] {
  return typeof value === 'boolean' ? [] : [{ path, message: 'must be true or false' }]
}
