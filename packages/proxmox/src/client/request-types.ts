import type { OperationKey, Operations, Upid } from '../generated/operations.js'
import type { RequestOptions } from './call.js'

export type { OperationKey, Operations, Upid }

/** Parameters of an operation, those of the path included. */
export type OperationParameters<Key extends OperationKey> = Operations[Key]['params']
/** Unwrapped answer of an operation. */
export type OperationResult<Key extends OperationKey> = Operations[Key]['result']

/** What follows the operation key: parameters may be left out where none is required. */
export type RequestArguments<Parameters> = [keyof Parameters] extends [never]
  ? [parameters?: Record<string, never>, options?: RequestOptions]
  : Record<never, never> extends Parameters
    ? [parameters?: Parameters, options?: RequestOptions]
    : [parameters: Parameters, options?: RequestOptions]

/** The key itself for operations that answer with a task id (or null, when the work was done at once), never for others. */
export type TaskKey<Key extends OperationKey> = [Extract<Operations[Key]['result'], Upid>] extends [never] ? never : Key
