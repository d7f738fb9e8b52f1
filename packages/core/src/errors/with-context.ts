import type { ErrorCode } from './error-codes.js'
import type { ErrorFields, HypervisorError as HypervisorErrorType } from './hypervisor-error.js'
import { HypervisorError } from './hypervisor-error.js'

/** The same error with endpoint and operation, where it did not say them itself. */
export function withContext(
  error: HypervisorErrorType,
  context: { readonly endpoint: string; readonly operation: string },
): HypervisorErrorType {
  if (error.endpoint !== undefined && error.operation !== undefined) return error
  const { code, message, ...fields } = error.toJSON()
  const complete = { ...context, ...fields, ...(error.cause !== undefined && { cause: error.cause }) }
  // Code and details come from one error, which the compiler cannot follow through the spread.
  const copy = new HypervisorError<ErrorCode>(code, message, complete as ErrorFields<ErrorCode>) as HypervisorErrorType
  if (error.stack !== undefined) Object.defineProperty(copy, 'stack', { value: error.stack, configurable: true })
  return copy
}
