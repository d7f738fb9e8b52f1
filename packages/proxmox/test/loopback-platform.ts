import { type LoopbackReply, type LoopbackRequest, type LoopbackServer, startLoopbackServer } from '@dcm/wire/loopback'

/** A request as these tests look at it. */
export interface PlatformCall {
  readonly method: string
  /** Without `/api2/json` and query, still encoded. */
  readonly path: string
  readonly query: URLSearchParams
  readonly form: URLSearchParams
  readonly headers: LoopbackRequest['headers']
  readonly body: Buffer
}

export interface LoopbackPlatform extends LoopbackServer {
  readonly calls: PlatformCall[]
}

/** A loopback server under the API's root whose answers a test writes itself. Not a simulator. */
export async function startLoopbackPlatform(
  answer: (call: PlatformCall) => LoopbackReply | Promise<LoopbackReply>,
  options: { readonly maxRequestsPerConnection?: number; readonly idleTimeoutMs?: number } = {},
): Promise<LoopbackPlatform> {
  const calls: PlatformCall[] = []
  const server = await startLoopbackServer({
    ...options,
    handler: (request) => {
      const [path = '', query = ''] = request.path.split('?')
      if (!path.startsWith('/api2/json/')) return { status: 404, reason: 'not below /api2/json' }
      const form =
        request.headers['content-type'] === 'application/x-www-form-urlencoded' ? request.body.toString() : ''
      const call: PlatformCall = {
        method: request.method,
        path: path.slice('/api2/json'.length),
        query: new URLSearchParams(query),
        form: new URLSearchParams(form),
        headers: request.headers,
        body: request.body,
      }
      calls.push(call)
      return answer(call)
    },
  })
  return { ...server, calls }
}

/** 200 with data, as the platform writes it. */
export function data(value: unknown, more: Readonly<Record<string, unknown>> = {}): LoopbackReply {
  return {
    status: 200,
    reason: 'OK',
    headers: [['content-type', 'application/json;charset=UTF-8']],
    body: JSON.stringify({ data: value, ...more }),
  }
}

/** An error with JSON, as pve-http-server 5.2.0 and later write it; such answers end the connection. */
export function failure(status: number, message: string, errors?: Readonly<Record<string, string>>): LoopbackReply {
  return {
    status,
    reason: message.split('\n')[0] ?? '',
    headers: [['content-type', 'application/json;charset=UTF-8']],
    body: JSON.stringify({ data: null, message: `${message}\n`, ...(errors === undefined ? {} : { errors }) }),
    close: true,
  }
}

/** An early rejection: a reason phrase and nothing else. */
export function rejection(status: number, reason: string): LoopbackReply {
  return { status, reason, close: true }
}
