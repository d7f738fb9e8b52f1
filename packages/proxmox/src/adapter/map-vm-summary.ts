import type { VmSummary } from '@dcm/core'
import { mapPowerState } from './map-power-state.js'
import { userTags } from './map-tags.js'
import type { ResourceRow } from './platform.js'

/** What the summaries of one list share, so that equal texts and states are kept once. */
export interface SummaryMapper {
  map(row: ResourceRow, vmid: number): VmSummary
}

type Writable<T> = { -readonly [K in keyof T]: T[K] }
type State = ReturnType<typeof mapPowerState>

/**
 * Maps rows of GET /cluster/resources in one pass: states, tag lists and node names are shared between rows, optional
 * members are set only where the row has them.
 */
export function createSummaryMapper(endpoint: string): SummaryMapper {
  const states = new Map<string, State>()
  const tagLists = new Map<string, readonly string[]>()
  const words = new Map<string, string>()

  function stateOf(status: string, lock: string): State {
    const key = lock === '' ? status : `${status}/${lock}`
    const known = states.get(key)
    if (known !== undefined) return known
    const state = mapPowerState({ status, lock })
    states.set(key, state)
    return state
  }

  function tagsOf(raw: string | undefined): readonly string[] {
    if (raw === undefined || raw === '') return userTags(undefined)
    const known = tagLists.get(raw)
    if (known !== undefined) return known
    const tags = userTags(raw)
    tagLists.set(raw, tags)
    return tags
  }

  function shared(word: string): string {
    const known = words.get(word)
    if (known !== undefined) return known
    words.set(word, word)
    return word
  }

  return {
    map(row, vmid) {
      const state = stateOf(row.status ?? '', row.lock ?? '')
      const node = row.node === undefined ? undefined : shared(row.node)
      const id = String(vmid)
      const summary: Writable<VmSummary> = {
        ref: node === undefined ? { endpoint, id } : { endpoint, id, locator: node },
        powerState: state.powerState,
        rawState: state.rawState,
        tags: tagsOf(row.tags),
      }
      // The platform knows the name from a broadcast: just after creation there is none yet.
      if (row.name !== undefined) summary.name = row.name
      if (state.transition !== undefined) summary.transition = state.transition
      if (state.locked !== undefined) summary.locked = state.locked
      if (node !== undefined) summary.host = node
      if (row.maxcpu !== undefined) summary.cpus = row.maxcpu
      if (row.maxmem !== undefined) summary.memoryBytes = row.maxmem
      if (row.pool !== undefined && row.pool !== '') summary.resourcePool = shared(row.pool)
      if (row.uptime !== undefined && row.uptime > 0) summary.uptimeSeconds = row.uptime
      return summary
    },
  }
}
