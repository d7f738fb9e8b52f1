import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const sources = fileURLToPath(new URL('.', import.meta.url))
const cache = fileURLToPath(new URL('../../../../.cache/vcsim/', import.meta.url))

const BUILD_PATIENCE_MS = 300_000
const LOCK_POLL_MS = 100

let found: Promise<string | undefined> | undefined

/**
 * The path of the simulator's binary: the one that `DCM_VCSIM` names, or one built from the Go files beside this one, once
 * for each state of them, into `.cache/vcsim`. Undefined, with one line on why, where Go or its modules are missing; throws
 * then under `DCM_REQUIRE_OUTSIDE=1`.
 */
export function findVcsim(): Promise<string | undefined> {
  found ??= locate().catch((error: unknown) => {
    if (process.env.DCM_REQUIRE_OUTSIDE === '1') throw error
    console.warn(`SKIPPED: no vcsim: ${reasonOf(error)}; Go 1.25 or newer builds it, or DCM_VCSIM names a binary`)
    return undefined
  })
  return found
}

async function locate(): Promise<string> {
  const named = process.env.DCM_VCSIM
  if (named !== undefined) {
    if (!existsSync(named)) throw new Error(`DCM_VCSIM names ${named}, which does not exist`)
    return named
  }
  const binary = `${cache}vcsim-${await digestOfSources()}`
  if (existsSync(binary)) return binary
  await mkdir(cache, { recursive: true })
  await withLock(`${cache}lock`, async () => {
    if (!existsSync(binary)) await build(binary)
  })
  return binary
}

async function build(binary: string): Promise<void> {
  const draft = `${binary}.${process.pid}`
  try {
    const env = { ...process.env, GOFLAGS: '-mod=readonly -buildvcs=false', CGO_ENABLED: '0' }
    await run('go', ['build', '-trimpath', '-o', draft, '.'], { cwd: sources, env, timeout: BUILD_PATIENCE_MS })
    await rename(draft, binary)
  } finally {
    await rm(draft, { force: true })
  }
}

async function digestOfSources(): Promise<string> {
  const names = (await readdir(sources)).filter((name) => name.endsWith('.go') || name.startsWith('go.')).sort()
  const digest = createHash('sha256')
  for (const name of names) digest.update(name).update(await readFile(sources + name))
  return digest.digest('hex').slice(0, 16)
}

/** Test files run in processes of their own and may all want the binary at once: one builds, the others wait. */
async function withLock(path: string, work: () => Promise<void>): Promise<void> {
  while (!(await take(path))) await new Promise((resolve) => setTimeout(resolve, LOCK_POLL_MS))
  try {
    await work()
  } finally {
    await rm(path, { recursive: true, force: true })
  }
}

async function take(path: string): Promise<boolean> {
  try {
    await mkdir(path)
    return true
  } catch {
    const heldSince = (await stat(path).catch(() => undefined))?.mtimeMs
    // Whoever held it so long is dead: a build is ended before that.
    if (heldSince !== undefined && Date.now() - heldSince > BUILD_PATIENCE_MS + 10_000) {
      await rm(path, { recursive: true, force: true })
    }
    return false
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if ('code' in error && error.code === 'ENOENT') return 'go is not installed'
  return error.message.trim().split('\n').at(-1) ?? error.message
}
