import { compare, readOperations, type VendorNode, type VendorSchema } from './api-tree.js'
import { type OpenApiDocument, operationsOf } from './openapi.js'

/** What the releases before the described one lack: `specs/proxmox/presence.json`. */
export interface Presence {
  /** Releases from the oldest to the described one. */
  readonly versions: readonly string[]
  /** Operation key to the first of `versions` that has it; those of all releases are absent. */
  readonly since: Readonly<Record<string, string>>
  /** Operations that the described release no longer has, with the last release that had them. */
  readonly removed: Readonly<Record<string, string>>
  /** Operation key, then parameter, to the first release that has it; only for operations that are older themselves. */
  readonly parameters: Readonly<Record<string, Readonly<Record<string, string>>>>
  /** Parameters that the described release no longer has, with the last release that had them. */
  readonly removedParameters: Readonly<Record<string, Readonly<Record<string, string>>>>
  /** Members of answers that an older release declares as numbers and the described one as text. */
  readonly formerNumbers: Readonly<Record<string, readonly string[]>>
}

export interface VersionedTree {
  readonly version: string
  readonly tree: readonly VendorNode[]
}

/** Compares trees given from the oldest release to the newest; the last one is the described release. */
export function comparePresence(trees: readonly VersionedTree[]): Presence {
  const releases = trees.map(({ version, tree }) => ({
    version,
    operations: new Map(readOperations(tree).map(({ key, info }) => [key, info])),
  }))
  const described = releases.at(-1)
  if (!described) throw new Error('Give at least the API tree of the release to describe')
  const older = releases.slice(0, -1)
  const since: Record<string, string> = {}
  const parameters: Record<string, Record<string, string>> = {}
  const removedParameters: Record<string, Record<string, string>> = {}
  const formerNumbers: Record<string, string[]> = {}
  for (const [key, info] of described.operations) {
    const having = releases.filter(({ operations }) => operations.has(key))
    const first = having[0] ?? described
    if (first !== releases[0]) since[key] = first.version
    const current = info.parameters?.properties ?? {}
    for (const name of Object.keys(current).sort(compare)) {
      const firstWith = having.find(({ operations }) => name in (operations.get(key)?.parameters?.properties ?? {}))
      if (firstWith && firstWith !== first) note(parameters, key, name, firstWith.version)
    }
    for (const { version, operations } of older) {
      for (const name of Object.keys(operations.get(key)?.parameters?.properties ?? {}).sort(compare)) {
        if (!(name in current)) note(removedParameters, key, name, version)
      }
      const numbers = turnedToText(operations.get(key)?.returns, info.returns)
      if (numbers.length > 0)
        formerNumbers[key] = [...new Set([...(formerNumbers[key] ?? []), ...numbers])].sort(compare)
    }
  }
  const removed: Record<string, string> = {}
  for (const { version, operations } of older) {
    for (const key of operations.keys()) if (!described.operations.has(key)) removed[key] = version
  }
  return {
    versions: releases.map(({ version }) => version),
    since,
    removed: sorted(removed),
    parameters,
    removedParameters,
    formerNumbers,
  }
}

/** Sets a member of a member, making the outer one when it is not there yet. */
function note(table: Record<string, Record<string, string>>, key: string, name: string, version: string): void {
  table[key] = { ...table[key], [name]: version }
}

function sorted(record: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => compare(a, b)))
}

/** Members (of an object or of the rows of a list) that were numbers before and are text now. */
function turnedToText(before: VendorSchema | undefined, now: VendorSchema | undefined): string[] {
  const old = before?.items?.properties ?? before?.properties ?? {}
  const current = now?.items?.properties ?? now?.properties ?? {}
  return Object.keys(current).filter((name) => {
    const type = old[name]?.type
    return (type === 'integer' || type === 'number') && current[name]?.type === 'string'
  })
}

/**
 * Presence data for a newly imported description when the trees of older releases are not at hand: what was known is
 * kept, what the former description lacked is new in this release, what is gone was last in the former one.
 */
export function carryPresence(presence: Presence, previous: OpenApiDocument, current: OpenApiDocument): Presence {
  const release = current.info.version
  const former = previous.info.version
  const before = new Set([...operationsOf(previous)].map(({ key }) => key))
  const now = new Set([...operationsOf(current)].map(({ key }) => key))
  const known = (table: Readonly<Record<string, string>>): [string, string][] =>
    Object.entries(table).filter(([key]) => now.has(key))
  const added = [...now].filter((key) => !before.has(key)).map((key): [string, string] => [key, release])
  const gone = [...before].filter((key) => !now.has(key)).map((key): [string, string] => [key, former])
  const removed = Object.entries(presence.removed).filter(([key]) => !now.has(key))
  return {
    ...presence,
    versions: presence.versions.includes(release) ? presence.versions : [...presence.versions, release],
    since: Object.fromEntries([...known(presence.since), ...added]),
    removed: Object.fromEntries([...removed, ...gone].sort(([a], [b]) => compare(a, b))),
  }
}
