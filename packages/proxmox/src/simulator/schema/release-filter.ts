import type { Presence } from '../../generated/presence.js'
import type { Release } from './release.js'

export interface ReleaseFilter {
  readonly knowsOperation: (operation: string) => boolean
  readonly knowsParameter: (operation: string, parameter: string) => boolean
}

const order: readonly Release[] = ['7.4', '8.4', '9.2']

/** What exists in a release, by the generated table of first appearances. Operations that are gone from 9.2 are not simulated. */
export function releaseFilter(presence: Presence, release: Release): ReleaseFilter {
  const isThere = (since: Release | undefined): boolean =>
    since === undefined || order.indexOf(since) <= order.indexOf(release)
  return {
    knowsOperation: (operation) => isThere(own(presence.since, operation)),
    knowsParameter(operation, parameter) {
      const parameters = own(presence.parameters, operation)
      if (parameters === undefined) return true
      const indexed = parameter.replace(/\d+$/, '[n]')
      return isThere(own(parameters, parameter) ?? own(parameters, indexed))
    },
  }
}

function own<Value>(table: Readonly<Record<string, Value>>, key: string): Value | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined
}
