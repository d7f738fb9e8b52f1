import { ProxmoxError } from './error.js'
import type { NativeRequest, NativeResponse, Sender } from './sender.js'

/** A sender whose code is loaded by the first request: importing the client stays cheap. */
export function createLazySender(host: string, load: () => Promise<Sender>): Sender {
  let sender: Sender | undefined
  let loading: Promise<Sender> | undefined
  let closed = false

  async function sendFirst(request: NativeRequest): Promise<NativeResponse> {
    if (closed) throw closedError(host, request)
    loading ??= load()
    sender = await loading
    return sender.send(request)
  }

  return {
    host,
    send: (request) => (sender === undefined ? sendFirst(request) : sender.send(request)),
    close: async () => {
      closed = true
      await loading?.then(
        (loaded) => loaded.close(),
        () => undefined, // never came to be, so there is nothing to close
      )
    },
  }
}

function closedError(host: string, request: NativeRequest): ProxmoxError {
  return new ProxmoxError({
    kind: 'closed',
    message: `${request.operation}: this client was closed`,
    outcome: 'not-started',
    retryable: false,
    host,
    operation: request.operation,
  })
}
