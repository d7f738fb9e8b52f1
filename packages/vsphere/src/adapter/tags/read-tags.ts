import type { ListProblem } from '@dcm/core'
import { mapError } from '../map-errors.js'
import type { Platform } from '../platform.js'

/** Tags for a list of VMs or templates, which goes without them, and says so, where the tagging service does not answer. */
export async function readTags(
  platform: Platform,
  vms: readonly string[],
  operation: 'listVms' | 'listResources',
): Promise<{ readonly tags: ReadonlyMap<string, readonly string[]>; readonly problems: readonly ListProblem[] }> {
  try {
    return { tags: await platform.tags.read(vms), problems: [] }
  } catch (thrown) {
    const { endpoint } = platform
    const error = mapError(thrown, { endpoint, operation, principal: 'this account' })
    if (error === undefined) throw thrown
    return { tags: new Map(), problems: [{ source: 'the tagging service', error: error.toJSON() }] }
  }
}
