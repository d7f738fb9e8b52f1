import type { ListProblem } from '@dcm/core'
import { listProblem } from '../list-problem.js'
import type { Platform } from '../platform.js'

/** Tags for a list of VMs or templates, which goes without them, and says so, where the tagging service does not answer. */
export async function readTags(
  platform: Platform,
  vms: readonly string[],
): Promise<{ readonly tags: ReadonlyMap<string, readonly string[]>; readonly problems: readonly ListProblem[] }> {
  try {
    return { tags: await platform.tags.read(vms), problems: [] }
  } catch (thrown) {
    return { tags: new Map(), problems: [listProblem(platform, 'the tagging service', thrown)] }
  }
}
