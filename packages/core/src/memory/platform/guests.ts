import type { NativeExit, NativeVm } from './native-types.js'

/** A program that was started in a guest. */
export interface Run {
  readonly task: string
  /** Absent while it runs, and when it was cut off. */
  readonly exit?: NativeExit
}

/** What lies inside the guests of a site. */
export interface Guests {
  /** Files by path, as base64: those of each VM, and those that each of its snapshots holds. */
  readonly files: Map<string, Map<string, string>>
  /** By the id that the client gave. */
  readonly runs: Map<string, Run>
}

type Owner = Pick<NativeVm, 'generation'>

export function createGuests(): Guests {
  return { files: new Map(), runs: new Map() }
}

/** The files of a VM; with a snapshot, those that it holds. */
export function filesOf({ files }: Guests, { generation }: Owner, snapshot = ''): Map<string, string> {
  const key = `${generation}/${snapshot}`
  const known = files.get(key) ?? new Map<string, string>()
  files.set(key, known)
  return known
}

/** Puts copies of files where others were. */
export function replaceFiles(files: Map<string, string>, by: ReadonlyMap<string, string>): void {
  const copies = [...by]
  files.clear()
  for (const [path, data] of copies) files.set(path, data)
}

/** Forgets what a snapshot holds, or without one everything of the VM. */
export function forgetFiles({ files }: Guests, { generation }: Owner, snapshot?: string): void {
  for (const key of files.keys()) {
    if (snapshot === undefined ? key.startsWith(`${generation}/`) : key === `${generation}/${snapshot}`)
      files.delete(key)
  }
}
