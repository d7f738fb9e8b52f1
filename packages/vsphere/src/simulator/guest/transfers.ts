import { randomUUID } from 'node:crypto'
import type { LoopbackReply, LoopbackRequest } from '@dcm/wire/loopback'
import type { World } from '../world/world.js'
import type { Guest } from './guest.js'

/** A file that may be fetched, or put, by whoever knows the token. */
interface Transfer {
  readonly guest: Guest
  readonly path: string
  /** Bytes that were announced; undefined for a file that is fetched. */
  readonly announced: number | undefined
}

export const transferPath = '/guestFile'

const transfers = new WeakMap<World, Map<string, Transfer>>()

/** A URL for one file of a guest; its host is `*`, as the platform writes it, unless a switch names another one. */
export function openTransfer(world: World, transfer: Transfer): string {
  const open = transfers.get(world) ?? new Map<string, Transfer>()
  transfers.set(world, open)
  const token = randomUUID()
  open.set(token, transfer)
  return `${world.switches.transferHost?.origin ?? 'https://*:443'}${transferPath}?id=${open.size}&token=${token}`
}

/** GET gives the file, PUT puts it there. */
export function answerTransfer(world: World, { method, path, body }: LoopbackRequest): LoopbackReply {
  const token = new URLSearchParams(path.split('?')[1] ?? '').get('token') ?? ''
  const transfer = transfers.get(world)?.get(token)
  if (transfer === undefined) return { status: 404, body: 'Not Found' }
  const { guest, announced } = transfer
  if (method === 'PUT' && announced !== undefined) {
    if (body.length !== announced) return { status: 400, body: 'Bad Request' }
    guest.files.set(transfer.path, Buffer.from(body))
    return { status: 200, body: '' }
  }
  const file = guest.files.get(transfer.path)
  if (method !== 'GET' || announced !== undefined) return { status: 405, body: 'Method Not Allowed' }
  if (file === undefined) return { status: 404, body: 'Not Found' }
  return { status: 200, headers: [['Content-Type', 'application/octet-stream']], body: file }
}
