import { type Agent, request } from 'node:http'
import { PebbleError } from './error.js'

interface Answer {
  readonly status: number
  readonly text: string
}

/** One request. Rejects with PebbleError, or with the signal's reason. */
export async function send(
  agent: Agent,
  call: { readonly url: URL; readonly method: string; readonly token: string; readonly body?: object },
  signal: AbortSignal,
): Promise<unknown> {
  const { status, text } = await exchange(agent, call, signal)
  const isWrite = call.method !== 'GET'
  const body = parse(text)
  if (body === undefined) {
    throw new PebbleError('garbled', `the answer is not JSON: ${text.slice(0, 100)}`, { mayHaveHappened: isWrite })
  }
  if (status < 300) return body
  const { code = 'unknown', text: why = `HTTP ${status}` } = body as { readonly code?: string; readonly text?: string }
  throw new PebbleError('refused', why, { status, code })
}

function exchange(agent: Agent, call: Parameters<typeof send>[1], signal: AbortSignal): Promise<Answer> {
  return new Promise((resolve, reject) => {
    let isSent = false
    const fail = (cause: Error): void => {
      // A refused connection surely reached nobody; once the request is on its way, nobody can tell.
      const mayHaveHappened = isSent && call.method !== 'GET'
      const text = `no answer from ${call.url.host}: ${cause.message}`
      reject(signal.aborted ? signal.reason : new PebbleError('no-answer', text, { mayHaveHappened, cause }))
    }
    const { url, method, token, body } = call
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    const outgoing = request(url, { agent, method, headers, signal }, (incoming) => {
      let text = ''
      incoming.setEncoding('utf8')
      incoming.on('data', (chunk: string) => {
        text += chunk
      })
      incoming.on('error', fail)
      incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, text }))
    })
    outgoing.on('error', fail)
    outgoing.on('socket', (socket) => {
      const sent = (): void => {
        isSent = true
      }
      if (socket.connecting) socket.once('connect', sent)
      else sent()
    })
    outgoing.end(body && JSON.stringify(body))
  })
}

/** Undefined for what is not a JSON object or list. */
function parse(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}
