import { afterEach } from 'vitest'
import { type LoopbackServer, type LoopbackServerOptions, startLoopbackServer } from '../../loopback/index.js'
import { createTransport } from '../transport.js'
import type { Transport, TransportOptions } from '../transport-types.js'
import { WireError } from '../wire-error.js'

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

/** Closes what a test opened, last first. */
export function atEnd(close: () => unknown): void {
  closers.push(close)
}

export async function startServer(options: Partial<LoopbackServerOptions> = {}): Promise<LoopbackServer> {
  const server = await startLoopbackServer({ handler: () => ({ status: 200, body: 'fine' }), ...options })
  atEnd(() => server.close())
  return server
}

/** A transport that trusts the server. */
export function transportTo(server: LoopbackServer, options: Partial<TransportOptions> = {}): Transport {
  return openTransport({ baseUrl: server.url, ca: server.ca, ...options })
}

export function openTransport(options: TransportOptions): Transport {
  const transport = createTransport(options)
  atEnd(() => transport.close())
  return transport
}

/** The WireError a promise rejects with; any other result fails the test. */
export async function wireErrorOf(promise: Promise<unknown>): Promise<WireError> {
  const result = await promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  )
  if ('error' in result && WireError.isInstance(result.error)) return result.error
  throw new Error('expected a WireError', { cause: result })
}
