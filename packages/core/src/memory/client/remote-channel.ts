import type { ClientRequest } from 'node:http'
import type { Secret } from '../../secrets/secret.js'
import { NativeRefusal, NoAnswer } from '../platform/native-error.js'
import type { NativeReply } from '../platform/platform.js'
import { unpack } from '../wire-format.js'
import type { MemoryChannel } from './channel.js'

/** The way to a platform that another process serves on a loopback port. */
export function remoteChannel(url: string, token: (signal: AbortSignal) => Promise<Secret>): MemoryChannel {
  const caller = createCaller(url, token)
  return {
    // The serving process answers native requests with replies.
    send: (request, signal) => caller.call('native', request, signal) as Promise<NativeReply>,
    close: () => caller.close(),
  }
}

/** Sends JSON to one door of the serving process, and gives back what it answers. */
export interface Caller {
  /** Rejects with NativeRefusal, NoAnswer, StrangeAnswer, or RangeError for a call that makes no sense. */
  call(door: 'native' | 'control', body: unknown, signal?: AbortSignal): Promise<unknown>
  close(): Promise<void>
}

export function createCaller(url: string, token: (signal: AbortSignal) => Promise<Secret>): Caller {
  // Loaded by the first call, and once: an import of what is loaded already is not for nothing.
  let way: ReturnType<typeof openWay> | undefined
  return {
    async call(door, body, signal = new AbortController().signal) {
      const secret = await token(signal)
      way ??= openWay()
      const { http, agent } = await way
      const headers = { authorization: `Bearer ${secret.reveal()}`, 'content-type': 'application/json' }
      const request = http.request(new URL(`/${door}`, url), { method: 'POST', agent, headers, signal })
      return unpack(await exchange(request, JSON.stringify(body)))
    },
    async close() {
      const opened = await way
      opened?.agent.destroy()
    },
  }
}

async function openWay() {
  const http = await import('node:http')
  return { http, agent: new http.Agent({ keepAlive: true, maxSockets: 16 }) }
}

function exchange(request: ClientRequest, body: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    request.on('response', (response) => {
      if (response.statusCode === 401) {
        response.resume()
        reject(new NativeRefusal('BAD_LOGIN', 'the serving process does not know the token'))
        return
      }
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        text += chunk
      })
      response.on('end', () => resolve(text))
      response.on('error', () => reject(new NoAnswer('the answer broke off', true)))
    })
    request.on('error', (error: NodeJS.ErrnoException) => {
      // Only a connection that was never made tells that nothing arrived.
      const sent = error.code !== 'ECONNREFUSED' && error.code !== 'ENOTFOUND'
      reject(new NoAnswer(sent ? 'the connection was lost' : 'nobody listens there', sent))
    })
    request.end(body)
  })
}
