import { newerNames } from '../generated/since.js'
import type { Caller } from './caller.js'
import { VsphereError } from './error.js'
import type { LiveSession } from './session.js'
import { isBefore } from './versions.js'

type SinceByName = ReadonlyMap<string, string>

const loaded = new Map<string, SinceByName>()

/**
 * Refuses what came with a later version of the API than the one in use: a method, or paths of properties, of a managed type. It
 * would be sent for nothing, or be read by the server as something else. Error: `unsupported`; nothing is sent. Undefined where it
 * is known at once that nothing is to be refused, which it is after the first time.
 *
 * What only a subtype of a property or argument has is not looked at, nor what lies deeper in arguments: the server refuses that.
 */
export function refuseNewer(
  { connection }: Pick<Caller, 'connection'>,
  { apiVersion }: Pick<LiveSession, 'apiVersion'>,
  type: string,
  names: readonly string[],
): Promise<void> | undefined {
  if (apiVersion === undefined || !Object.hasOwn(newerNames, type)) return undefined
  const table = loaded.get(type)
  if (table === undefined) return load(type).then((fresh) => check(fresh))
  check(table)
  return undefined

  function check(since: SinceByName): void {
    for (const name of names) {
      const version = versionOf(since, name)
      if (version === undefined || !isBefore(apiVersion ?? '', version)) continue
      throw new VsphereError({
        kind: 'unsupported',
        message: `${type}.${name} came with version ${version} of the API, and ${apiVersion} is spoken with this server: it needs a newer server`,
        outcome: 'not-started',
        retryable: false,
        host: connection.host,
        operation: name,
      })
    }
  }
}

async function load(type: string): Promise<SinceByName> {
  const versions = (await newerNames[type]?.())?.default ?? {}
  const table = new Map(
    Object.entries(versions).flatMap(([version, names]) =>
      names.split(' ').map((name): [string, string] => [name, version]),
    ),
  )
  loaded.set(type, table)
  return table
}

/** Of the name, or of the shortest beginning of the path. */
function versionOf(since: SinceByName, name: string): string | undefined {
  for (let end = name.indexOf('.'); end !== -1; end = name.indexOf('.', end + 1)) {
    const version = since.get(name.slice(0, end))
    if (version !== undefined) return version
  }
  return since.get(name)
}

/** Names of a call: its method, and what is set of its parameters and their members. */
export function namesOfCall(method: string, parameters: object): readonly string[] {
  const names = [method]
  for (const [parameter, value] of Object.entries(parameters)) {
    if (value === undefined) continue
    names.push(`${method}.${parameter}`)
    if (typeof value !== 'object' || value === null || Array.isArray(value)) continue
    for (const [member, set] of Object.entries(value)) {
      if (set !== undefined && !(Array.isArray(set) && set.length === 0)) names.push(`${method}.${parameter}.${member}`)
    }
  }
  return names
}
