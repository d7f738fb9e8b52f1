import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { OperationHandle } from '@dcm/core'

/** What is kept of a machine until it is gone again. */
export interface Kept {
  readonly name: string
  readonly handle: OperationHandle
}

/** Handles in files, one a machine: whatever happens to this process, the next one reads them. */
export interface HandleFiles {
  save(kept: Kept): void
  remove(name: string): void
  all(): readonly Kept[]
}

/** Those of one endpoint; each endpoint has a folder of its own in `folder`. */
export function handleFiles(folder: string, endpointUrl: string): HandleFiles {
  const own = join(folder, encodeURIComponent(new URL(endpointUrl).host))
  const fileOf = (name: string) => join(own, `${encodeURIComponent(name)}.operation.json`)
  const files = () =>
    existsSync(own)
      ? readdirSync(own)
          .filter((name) => name.endsWith('.operation.json'))
          .sort()
      : []
  return {
    save(kept) {
      mkdirSync(own, { recursive: true, mode: 0o700 })
      // A crash in the middle of writing must not harm the handle before: write aside, then rename.
      writeFileSync(`${fileOf(kept.name)}.new`, JSON.stringify(kept), { mode: 0o600, flush: true })
      renameSync(`${fileOf(kept.name)}.new`, fileOf(kept.name))
    },
    remove(name) {
      rmSync(fileOf(name), { force: true })
      if (files().length === 0) rmSync(own, { recursive: true, force: true })
    },
    all: () => files().map((name) => JSON.parse(readFileSync(join(own, name), 'utf8')) as Kept),
  }
}
