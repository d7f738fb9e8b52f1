import { randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { createControl, type MemoryControl } from './platform/control.js'
import { StrangeAnswer } from './platform/native-error.js'
import type { MemoryPlatform, NativeRequest } from './platform/platform.js'
import { packFailure } from './wire-format.js'

/** A platform on a loopback port. */
export interface ServedMemory {
  /** `http://127.0.0.1:<port>`. */
  readonly url: string
  /** Whoever has it may do everything. */
  readonly token: string
  close(): Promise<void>
}

/** Room for the largest file that a guest is given, as base64. */
const longestBody = 2_000_000

/**
 * Serves a platform to other processes of this computer, so that it lives on when a client is killed. Listens on
 * 127.0.0.1 only, on a port of the system's choice unless told otherwise, behind a random token.
 */
export async function serveMemory(
  platform: MemoryPlatform,
  options: { readonly port?: number; readonly token?: string } = {},
): Promise<ServedMemory> {
  const { createServer } = await import('node:http')
  const { token = randomBytes(24).toString('base64url') } = options
  const control = createControl(platform)
  const noteConnection = connectionCounter(platform)
  const server = createServer((request, response) => {
    if (request.url === '/native') noteConnection(request.socket)
    answer(request, response, platform, control, token).catch(() => response.destroy())
  })
  server.keepAliveTimeout = 60_000
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port ?? 0, '127.0.0.1', resolve)
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new TypeError('the server has no port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    token,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** Keeps count of the connections that native calls come by; those of the switches do not count. */
function connectionCounter(platform: MemoryPlatform): (socket: Socket) => void {
  const open = new Set<Socket>()
  return (socket) => {
    if (!open.has(socket)) {
      open.add(socket)
      socket.once('close', () => open.delete(socket))
    }
    platform.connections = Math.max(platform.connections, open.size)
  }
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  platform: MemoryPlatform,
  control: MemoryControl,
  token: string,
): Promise<void> {
  if (!mayEnter(request.headers.authorization, token)) {
    response.writeHead(401).end()
    return
  }
  const body: unknown = JSON.parse(await readBody(request))
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  try {
    const value = await carryOut(request.url ?? '', body, platform, control, gone.signal)
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ value: value ?? null }))
  } catch (reason) {
    if (reason instanceof StrangeAnswer) {
      response.writeHead(502, { 'content-type': 'text/html' }).end(reason.excerpt)
      return
    }
    const packed = packFailure(reason)
    if (packed) response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(packed))
    // What is lost is not answered at all: the client sees its connection break.
    else response.destroy()
  }
}

function carryOut(
  door: string,
  body: unknown,
  platform: MemoryPlatform,
  control: MemoryControl,
  gone: AbortSignal,
): unknown {
  // The token's holder is trusted with the shape of what it sends; unknown sites and calls are refused further in.
  if (door === '/native') return platform.send(body as NativeRequest, gone)
  const { method, args } = body as { readonly method: string; readonly args: readonly unknown[] }
  if (door !== '/control' || !Object.hasOwn(control, method)) throw new RangeError(`no such door or switch: ${door}`)
  const operate = control[method as keyof MemoryControl] as (...args: readonly unknown[]) => unknown
  // JSON turns an argument that was left out into null.
  return operate(...args.map((argument) => argument ?? undefined))
}

function mayEnter(header: string | undefined, token: string): boolean {
  const given = Buffer.from(header ?? '')
  const wanted = Buffer.from(`Bearer ${token}`)
  return given.length === wanted.length && timingSafeEqual(given, wanted)
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > longestBody) throw new RangeError('the request is too long')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
