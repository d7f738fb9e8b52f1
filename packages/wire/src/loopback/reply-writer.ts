import { type ServerResponse, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { FaultAction } from './faults.js'
import type { LoopbackReply } from './messages.js'

/** Resolves after `ms`, or at once when the peer is gone, so that a closed server holds no timers. */
export function delayWhileOpen(ms: number, socket: Socket): Promise<void> {
  if (socket.destroyed) return Promise.resolve()
  return new Promise((resolve) => {
    const finish = (): void => {
      clearTimeout(timer)
      socket.off('close', finish)
      resolve()
    }
    const timer = setTimeout(finish, ms)
    socket.once('close', finish)
  })
}

/** Writes a reply as the handler described it, spoiled by the fault if there is one. */
export async function writeReply(
  response: ServerResponse,
  socket: Socket,
  reply: LoopbackReply,
  options: { readonly withoutBody: boolean; readonly fault: FaultAction | undefined },
): Promise<void> {
  const { fault } = options
  const fixed = fixedBody(reply.body)
  const bodiless = options.withoutBody || reply.status === 204 || reply.status === 304
  const reason = reply.reason ?? STATUS_CODES[reply.status] ?? ''
  response.writeHead(reply.status, reason, headerLines(reply, bodiless && reply.body === undefined ? undefined : fixed))
  // Said beside the header, because a handler's own `Connection: Keep-Alive` may contradict it.
  if (reply.close === true) response.once('finish', () => socket.end())
  if (bodiless) {
    response.end()
    return
  }
  if (fault?.type === 'truncate') {
    response.write(await firstBytes(reply.body, fault.bytes))
    // Only once the bytes are on their way: an early reset would overtake them.
    await new Promise((resolve) => socket.write('', resolve))
    socket.destroy()
    return
  }
  if (fault?.type === 'slow-body') {
    await drip(response, socket, await firstBytes(reply.body, Number.POSITIVE_INFINITY), fault.bytesPerSecond)
    return
  }
  if (fixed !== undefined) {
    response.end(fixed)
    return
  }
  for await (const chunk of streamed(reply.body)) {
    if (socket.destroyed) return
    if (!response.write(chunk)) await drained(response, socket)
  }
  response.end()
}

/** Flat list of names and values: the one form in which Node writes a repeated name as it is. */
function headerLines(reply: LoopbackReply, body: Uint8Array | undefined): string[] {
  const given = reply.headers ?? []
  const names = new Set(given.map(([name]) => name.toLowerCase()))
  const lines = given.flat()
  // Always said in so many words: left to itself, Node adds a `Keep-Alive: timeout=` hint that hypervisors do not send.
  if (!names.has('connection')) lines.push('Connection', reply.close === true ? 'close' : 'Keep-Alive')
  if (body !== undefined && !names.has('content-length') && !names.has('transfer-encoding')) {
    lines.push('Content-Length', String(body.length))
  }
  return lines
}

function fixedBody(body: LoopbackReply['body']): Uint8Array | undefined {
  if (body === undefined) return new Uint8Array(0)
  if (typeof body === 'string') return Buffer.from(body, 'utf8')
  return body instanceof Uint8Array ? body : undefined
}

async function* streamed(body: LoopbackReply['body']): AsyncIterable<Uint8Array> {
  const fixed = fixedBody(body)
  if (fixed !== undefined) {
    yield fixed
    return
  }
  if (typeof body === 'object' && Symbol.asyncIterator in body) yield* body
}

async function firstBytes(body: LoopbackReply['body'], limit: number): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of streamed(body)) {
    chunks.push(chunk)
    length += chunk.length
    if (length >= limit) break
  }
  return Buffer.concat(chunks).subarray(0, Math.min(length, limit))
}

async function drip(response: ServerResponse, socket: Socket, body: Buffer, bytesPerSecond: number): Promise<void> {
  const step = Math.max(1, Math.floor(bytesPerSecond / 20))
  for (let offset = 0; offset < body.length && !socket.destroyed; offset += step) {
    response.write(body.subarray(offset, offset + step))
    await delayWhileOpen((1000 * step) / bytesPerSecond, socket)
  }
  response.end()
}

function drained(response: ServerResponse, socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const finish = (): void => {
      response.off('drain', finish)
      socket.off('close', finish)
      resolve()
    }
    response.once('drain', finish)
    socket.once('close', finish)
  })
}
