import type { AdapterFacetOf } from '@dcm/core'
import type { Platform } from '../platform.js'
import { vmOf } from '../power/power-state.js'
import { throwProblems } from '../tags/tagging.js'
import { infoResult, stateOf, vmTask } from './vm-task.js'

/** Tags of vCenter's tagging service, of all categories. What is set and not there yet is made in a category of our own. */
export function tagsFacet(platform: Platform): AdapterFacetOf<'tags'> {
  return {
    async list(_input, { signal }) {
      const observedAt = new Date().toISOString()
      const tags = await platform.tags.list(signal)
      return { items: tags.map((tag) => ({ tag })), problems: [], complete: true, observedAt, source: 'live' }
    },
    set: vmTask(platform, {
      async plan(_row, { tags }, signal) {
        throwProblems(await platform.tags.check(tags, signal))
        return {}
      },
      async send({ input, state, signal }) {
        await platform.tags.set(vmOf(stateOf(state)).value, input.tags, signal)
        return undefined // the service answers when it is done
      },
      result: infoResult(platform),
    }),
  }
}
