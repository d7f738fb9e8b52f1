import { createHash, randomUUID } from 'node:crypto'
import type { LoopbackReply, LoopbackRequest } from '@dcm/wire/loopback'
import type { World } from '../world/world.js'

/** A file that a lease offers. */
interface Offered {
  readonly lease: string
  readonly bytes: Buffer
}

export const leasePath = '/nfc'

const offers = new WeakMap<World, Map<string, Offered>>()

/** A URL for bytes that can be fetched while the lease lasts; its host is `*`, as the platform writes it. */
export function offerFile(world: World, lease: string, name: string, bytes: Buffer): string {
  const open = offers.get(world) ?? new Map<string, Offered>()
  offers.set(world, open)
  const token = randomUUID()
  open.set(token, { lease, bytes })
  return `https://*:443${leasePath}/${token}/${name}`
}

export function endOffers(world: World, lease: string): void {
  const open = offers.get(world)
  for (const [token, offered] of open ?? []) if (offered.lease === lease) open?.delete(token)
}

export function answerLease(world: World, { method, path }: LoopbackRequest): LoopbackReply {
  const offered = offers.get(world)?.get(path.split('/')[2] ?? '')
  if (offered === undefined) return { status: 404, body: 'Not Found' }
  if (method !== 'GET') return { status: 405, body: 'Method Not Allowed' }
  return { status: 200, headers: [['Content-Type', 'application/x-vnd.vmware-streamVmdk']], body: offered.bytes }
}

/** What stands for the content of a disk: 200 kB that its path decides. */
export function contentOf(path: string): Buffer {
  const seed = createHash('sha256').update(path).digest()
  return Buffer.concat(Array.from({ length: 6_250 }, () => seed))
}
