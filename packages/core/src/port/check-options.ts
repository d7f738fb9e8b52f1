import type { Problem } from '../errors/error-codes.js'
import type { DeleteOptions, RestartOptions, StopOptions } from '../model/vm.js'
import type { CreateVmOptions, MutationOptions } from '../port.js'
import { invalidArgument } from '../schema/check.js'
import { unknownFields } from '../schema/unknown-fields.js'

const defaultGraceMs = 120_000

const ofEveryMutation: Readonly<Record<keyof MutationOptions, true>> = {
  signal: true,
  timeoutMs: true,
  actor: true,
  onCheckpoint: true,
  store: true,
  deadlineMs: true,
}

/** Refuses options that nobody knows: of a misspelt `disks: 'keep'` the default would be taken, and the disks be gone. */
export function checkOptionNames(options: MutationOptions, own: readonly string[] = []): void {
  const problems = unknownFields(options, [...Object.keys(ofEveryMutation), ...own])
  if (problems.length > 0) throw invalidArgument('the options', problems)
}

/** The options with their defaults. */
export function checkStopOptions(options: MutationOptions & StopOptions): Required<StopOptions> {
  checkOptionNames(options, ['mode', 'graceMs', 'discardSavedState'])
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
export function checkRestartOptions(options: MutationOptions & RestartOptions): Required<RestartOptions> {
  checkOptionNames(options, ['mode', 'graceMs'])
  const { mode = 'graceful', graceMs = defaultGraceMs } = options
  const problems = [...oneOfWords('mode', mode, ['graceful', 'hard']), ...milliseconds('graceMs', graceMs)]
  if (problems.length > 0) throw invalidArgument('the options', problems)
  return { mode, graceMs }
}

/** The options with their defaults. */
export function checkDeleteOptions(options: MutationOptions & DeleteOptions): Required<DeleteOptions> {
  checkOptionNames(options, ['disks', 'force'])
  const { disks = 'delete', force = false } = options
  const problems = [...oneOfWords('disks', disks, ['delete', 'keep']), ...yesOrNo('force', force)]
  if (problems.length > 0) throw invalidArgument('the options', problems)
  return { disks, force }
}

/** A key is 1 to 256 characters; it never becomes a name on the platform, so any are good. */
export function checkCreateOptions(options: CreateVmOptions): void {
  checkOptionNames(options, ['idempotencyKey'])
  const { idempotencyKey: key } = options
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
