import type { LocalizedMethodFault } from '../../generated/shared/core.js'
import type { VsphereClient } from '../client.js'
import { VsphereError } from '../error.js'
import { errorOfMethodFault } from '../read-fault.js'

/** Throws what the server finds wrong with a descriptor, all of it; nothing was made. */
export async function refuseErrors(
  { host, redact }: Pick<VsphereClient, 'host' | 'redact'>,
  operation: string,
  errors: readonly LocalizedMethodFault[],
): Promise<void> {
  const [first] = errors
  if (first === undefined) return
  const fault = await errorOfMethodFault(first, { host, operation, redact })
  throw new VsphereError({
    kind: 'validation',
    message: fault.message,
    outcome: 'not-started',
    retryable: false,
    host,
    operation,
    faultNames: fault.faultNames,
    fault: fault.fault,
    causes: errors.map((each) => ({
      name: typeName(each),
      messages: each.localizedMessage ? [redact(each.localizedMessage)] : [],
    })),
  })
}

/** What a warning says. */
export function textOf(fault: LocalizedMethodFault): string {
  return fault.localizedMessage ?? typeName(fault)
}

function typeName({ fault }: LocalizedMethodFault): string {
  return fault._type === '$unknown' ? fault.typeName : fault._type
}
