import type { Problem } from '../../errors/error-codes.js'
import { HypervisorError } from '../../errors/hypervisor-error.js'
import type { Capabilities } from '../../model/capabilities.js'
import { invalidArgument } from '../../schema/check.js'
import { offGrid, valueProblems } from '../check-spec.js'

/** Methods whose `name`, `tags`, `cpus`, ... are those of a VM: the endpoint's rules for VMs hold. */
const ofVms: ReadonlySet<string> = new Set(['reconfigure.preview', 'reconfigure.apply', 'tags.set', 'clone.clone'])

/**
 * INVALID_ARGUMENT for names, tags and sizes that this endpoint is known not to take, UNSUPPORTED for a way of cloning that it
 * does not have.
 */
export function checkValues(kind: string, input: object, capabilities: Capabilities): void {
  const problems: Problem[] = []
  if (ofVms.has(kind)) problems.push(...valueProblems(input, capabilities))
  const step = capabilities.granularity.diskBytes
  if ('sizeBytes' in input) problems.push(...offGrid('sizeBytes', sizeIn(input), step))
  if ('disk' in input) problems.push(...offGrid('disk.sizeBytes', sizeIn(input.disk), step))
  if (problems.length > 0) throw invalidArgument(`the input of ${kind}`, problems)
  if (kind === 'clone.clone' && 'mode' in input) checkMode(input.mode, capabilities)
}

function checkMode(mode: unknown, { create: { cloneModes } }: Capabilities): void {
  if (mode === undefined || cloneModes.some((one) => one === mode)) return
  throw new HypervisorError('UNSUPPORTED', `this endpoint clones ${cloneModes.join(' or ')} only, not ${mode}`, {
    details: { feature: `clone mode ${mode}` },
  })
}

/** Are there rules of the endpoint that this input has to fit? Asking for them costs a call now and then. */
export function hasValues(kind: string, input: object): boolean {
  return ofVms.has(kind) || 'sizeBytes' in input || 'disk' in input
}

function sizeIn(value: unknown): number | undefined {
  if (typeof value !== 'object' || value === null || !('sizeBytes' in value)) return undefined
  return typeof value.sizeBytes === 'number' ? value.sizeBytes : undefined
}
