import { ProxmoxError } from './error.js'

/** Since when operations and parameters exist; what is not in it exists in 7.4 and later. */
export interface PresenceTable {
  readonly since: Readonly<Record<string, string>>
  /** Last of the known releases that had it. */
  readonly removed: Readonly<Record<string, string>>
  readonly parameters: Readonly<Record<string, Readonly<Record<string, string>>>>
  readonly removedParameters: Readonly<Record<string, Readonly<Record<string, string>>>>
}

/** Throws `unsupported` for what the release surely lacks. */
export type PresenceCheck = (key: string, parameters: Readonly<Record<string, unknown>> | undefined) => void

/**
 * Checks against the release that the endpoint told. The descriptions of 7.4, 8.4 and 9.2 are known: what came between
 * two of them is refused only below the earlier one's series, so that nothing is refused that might exist.
 */
export function createPresenceCheck(table: PresenceTable, release: string, host: string): PresenceCheck {
  const server = series(release)
  if (server === undefined) return () => undefined
  const later = (since: string | undefined): boolean => since !== undefined && server < (series(since) ?? 0)
  const gone = (last: string | undefined): boolean => last !== undefined && server > (series(last) ?? server)

  return (key, parameters) => {
    if (later(own(table.since, key))) throw unsupported(host, key, `${key} came with a later release than ${release}`)
    if (gone(own(table.removed, key))) throw unsupported(host, key, `${key} is gone in ${release}`)
    const since = own(table.parameters, key)
    const last = own(table.removedParameters, key)
    if (parameters === undefined || (since === undefined && last === undefined)) return
    for (const name of Object.keys(parameters)) {
      if (parameters[name] === undefined) continue
      const parameter = `parameter '${name}' of ${key}`
      if (later(releaseOf(since, name))) {
        throw unsupported(host, key, `${parameter} came with a later release than ${release}`, name)
      }
      if (gone(releaseOf(last, name))) throw unsupported(host, key, `${parameter} is gone in ${release}`, name)
    }
  }
}

/** Major version: 8 for `8.4` and `8.2-1`. */
function series(release: string): number | undefined {
  const major = Number(/^\d+/.exec(release)?.[0])
  return Number.isInteger(major) ? major : undefined
}

/** Indexed parameters stand as `net[n]`. */
function releaseOf(releases: Readonly<Record<string, string>> | undefined, name: string): string | undefined {
  return releases && (own(releases, name) ?? own(releases, name.replace(/\d+$/, '[n]')))
}

function own<Value>(record: Readonly<Record<string, Value>>, key: string): Value | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined
}

function unsupported(host: string, operation: string, text: string, parameter?: string): ProxmoxError {
  return new ProxmoxError({
    kind: 'unsupported',
    message: `${host}: ${text}`,
    outcome: 'not-started',
    retryable: false,
    host,
    operation,
    ...(parameter === undefined ? {} : { errors: { [parameter]: 'unknown to this release' } }),
  })
}
