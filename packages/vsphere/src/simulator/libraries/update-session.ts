import { createHash, randomUUID } from 'node:crypto'
import { readPackage } from '../ovf/package.js'
import type { World } from '../world/world.js'
import { librariesOf, putFiles, type StoredItem } from './library-store.js'

export interface UpdateFile {
  /** In the address that its bytes go to. */
  readonly id: string
  readonly name: string
  /** What was announced. */
  readonly size: number | undefined
  readonly checksum: { readonly algorithm: string; readonly value: string } | undefined
  bytes: Buffer | undefined
}

export interface UpdateSession {
  readonly id: string
  readonly item: StoredItem
  state: 'ACTIVE' | 'DONE' | 'ERROR' | 'CANCELED'
  /** By the clock of the platform. */
  expiresAt: number
  progress: number
  error: string | undefined
  /** By name. */
  readonly files: Map<string, UpdateFile>
}

/** Since the last work on it. */
export const sessionLifeMs: number = 5 * 60_000

export const algorithms: Readonly<Record<string, string>> = {
  MD5: 'md5',
  SHA1: 'sha1',
  SHA256: 'sha256',
  SHA512: 'sha512',
}

export function newUpdateSession(world: World, item: StoredItem): UpdateSession {
  return {
    id: randomUUID(),
    item,
    state: 'ACTIVE',
    expiresAt: world.clock.now() + sessionLifeMs,
    progress: 0,
    error: undefined,
    files: new Map(),
  }
}

/** What is wrong with a file whose bytes have arrived; undefined where nothing is. */
export function errorIn({ name, bytes, size, checksum }: UpdateFile): string | undefined {
  if (bytes === undefined) return undefined
  if (size !== undefined && size !== bytes.length) return `${name} has ${bytes.length} bytes instead of ${size}`
  const algorithm = checksum === undefined ? undefined : algorithms[checksum.algorithm]
  if (algorithm !== undefined && createHash(algorithm).update(bytes).digest('hex') !== checksum?.value.toLowerCase())
    return `${name} has another checksum than it was announced with`
  return name.endsWith('.ovf') && readPackage(bytes.toString('utf8')) === undefined
    ? `${name} does not describe a virtual machine`
    : undefined
}

/** Files that a descriptor of the session names, and that neither come nor are in the item. */
export function missingFiles({ files, item }: UpdateSession): readonly string[] {
  const named = [...files.values()].flatMap(({ name, bytes }) =>
    name.endsWith('.ovf') && bytes !== undefined ? (readPackage(bytes.toString('utf8'))?.files ?? []) : [],
  )
  return named.filter((name) => !files.has(name) && !item.files.has(name))
}

/** Why the session cannot be completed; undefined where it can. */
function flawOf(world: World, session: UpdateSession): string | undefined {
  const { item, files } = session
  if (!librariesOf(world).items.has(item.model.id)) return 'the item is not there any more'
  const [missing] = missingFiles(session)
  if (missing !== undefined) return `${missing} is missing`
  for (const file of files.values()) {
    if (file.bytes === undefined) return `${file.name} has not arrived`
    const error = errorIn(file)
    if (error !== undefined) return error
  }
  return undefined
}

/** Gives the item its files, all or none, some time after the call. */
export async function completeSession(world: World, session: UpdateSession): Promise<void> {
  await world.clock.sleep(world.timing.other)
  if (session.state !== 'ACTIVE') return
  session.error = flawOf(world, session)
  if (session.error === undefined) {
    const arrived = [...session.files.values()].flatMap(({ name, bytes }) =>
      bytes === undefined ? [] : [[name, bytes] as const],
    )
    putFiles(world, session.item, new Map(arrived))
  }
  session.state = session.error === undefined ? 'DONE' : 'ERROR'
}
