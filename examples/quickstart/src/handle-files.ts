import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { OperationHandle } from '@dcm/core'

/** What is kept of a machine until it is gone again. */
export interface Kept {
  readonly name: string
  readonly endpointUrl: string
  readonly handle: OperationHandle
}

/** Handles in files, one a machine: whatever happens to this process, the next one reads them. */
export interface HandleFiles {
  save(kept: Kept): void
  remove(name: string): void
  all(): readonly Kept[]
}

export function handleFiles(folder: string): HandleFiles {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const fileOf = (name: string) => join(folder, `${encodeURIComponent(name)}.operation.json`)
  return {
    save(kept) {
      // A crash in the middle of writing must not harm the handle before: write aside, then rename.
      writeFileSync(`${fileOf(kept.name)}.new`, JSON.stringify(kept), { mode: 0o600, flush: true })
      renameSync(`${fileOf(kept.name)}.new`, fileOf(kept.name))
    },
    remove: (name) => rmSync(fileOf(name), { force: true }),
    all: () =>
      readdirSync(folder)
        .filter((name) => name.endsWith('.operation.json'))
        .sort()
        .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Kept),
  }
}
