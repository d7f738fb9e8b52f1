import { ProxmoxError } from './error.js'
import type { NativeRequest, NativeResponse, Sender } from './sender.js'

export type FetchLike = (input: string, init: RequestInit) => Promise<Response>

/**
 * Sends by a `fetch` that the user gives, in place of the built-in transport: for tests with msw, for special agents.
 * Trust, proxy, pooling and retries are then that function's business.
 */
export function createFetchSender(fetch: FetchLike, baseUrl: string, defaults: { readonly timeoutMs: number }): Sender {
  const host = new URL(baseUrl).host
  const origin = baseUrl.replace(/\/+$/, '')

  async function send(request: NativeRequest): Promise<NativeResponse> {
    const deadline = AbortSignal.timeout(Math.ceil(request.timeoutMs ?? defaults.timeoutMs))
    const signal = request.signal === undefined ? deadline : AbortSignal.any([request.signal, deadline])
    try {
      const response = await fetch(`${origin}${request.path}`, {
        method: request.method,
        headers: request.headers,
        redirect: 'manual',
        signal,
        ...(request.body === undefined ? {} : bodyOf(request.body)),
      })
      return {
        status: response.status,
        statusText: response.statusText,
        contentType: response.headers.get('content-type') ?? undefined,
        text: () => response.text().catch((cause: unknown) => Promise.reject(failure(request, cause))),
        stream: () => streamOf(response),
      }
    } catch (cause) {
      throw failure(request, cause)
    }
  }

  function failure(request: NativeRequest, cause: unknown): ProxmoxError {
    const kind = request.signal?.aborted ? 'aborted' : nameOf(cause) === 'TimeoutError' ? 'timeout' : 'unreachable'
    return new ProxmoxError({
      kind,
      message: `${request.operation}: ${host}: ${failureTexts[kind]}`,
      // A fetch function does not tell whether the request was sent.
      outcome: request.method === 'GET' ? 'not-started' : 'unknown',
      retryable: request.method === 'GET' && kind !== 'aborted',
      host,
      operation: request.operation,
      cause,
    })
  }

  return { host, send, close: () => Promise.resolve() }
}

const failureTexts = {
  aborted: 'aborted by the caller',
  timeout: 'no answer in time; raise timeoutMs if the call is known to take longer',
  unreachable: 'the given fetch function failed; see the cause',
}

/** Streams need `duplex`, which other bodies must not have in some implementations. */
function bodyOf(body: NonNullable<NativeRequest['body']>): RequestInit {
  return typeof body === 'string' || body instanceof Uint8Array ? { body } : { body, duplex: 'half' }
}

async function* streamOf(response: Response): AsyncGenerator<Uint8Array> {
  if (response.body === null) return
  yield* response.body as unknown as AsyncIterable<Uint8Array> // async iterable in Node, not in the DOM type
}

function nameOf(cause: unknown): string | undefined {
  return cause instanceof Error ? cause.name : undefined
}
