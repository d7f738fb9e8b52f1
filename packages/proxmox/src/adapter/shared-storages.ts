import { sharedStorages } from './map-resources.js'
import type { ProxmoxApi } from './platform.js'

/** Which storages several nodes share: a VM's configuration names storages only, and datastore ids need it. */
export interface SharedStorages {
  /** Asks GET /cluster/resources?type=storage when nothing is known, or when it is some minutes old. */
  get(signal: AbortSignal): Promise<ReadonlySet<string>>
  /** Takes what a list has seen anyway. */
  learn(names: ReadonlySet<string>): void
}

const maxAgeMs = 300_000

export function createSharedStorages(api: Pick<ProxmoxApi, 'request'>): SharedStorages {
  let known: ReadonlySet<string> | undefined
  let learntAt = 0
  const learn = (names: ReadonlySet<string>): void => {
    known = names
    learntAt = performance.now()
  }
  return {
    learn,
    async get(signal) {
      if (known !== undefined && performance.now() - learntAt < maxAgeMs) return known
      const names = sharedStorages(await api.request('GET /cluster/resources', { type: 'storage' }, { signal }))
      learn(names)
      return names
    },
  }
}
