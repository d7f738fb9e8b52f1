import type { Secret } from '../../secrets/secret.js'
import type { AnswerOf, ArgsOf, NativeCall } from '../platform/native-calls.js'
import { NativeRefusal } from '../platform/native-error.js'
import type { MemoryChannel } from './channel.js'

/** The typed client of the platform's native calls, with its session. */
export interface MemoryClient {
  /** One native call. Rejects with NativeRefusal, NoAnswer or StrangeAnswer. */
  call<C extends NativeCall>(call: C, args: ArgsOf<C>, signal: AbortSignal): Promise<AnswerOf<C>>
  /** The site's clock, as last heard. */
  now(): number
  /** How long to wait between looks, in milliseconds, as last heard. */
  pollMs(): number
  close(): Promise<void>
}

export interface MemoryClientOptions {
  readonly site: string
  readonly user: string
  /** Asked at each login. */
  password(signal: AbortSignal): Promise<Secret>
}

export function createMemoryClient(channel: MemoryChannel, options: MemoryClientOptions): MemoryClient {
  const { site, user, password } = options
  let login: Promise<string> | undefined
  let heard = { time: Date.now(), at: performance.now(), real: true, pollMs: 25 }

  async function send<C extends NativeCall>(
    call: C,
    args: ArgsOf<C>,
    signal: AbortSignal,
    session?: string,
  ): Promise<AnswerOf<C>> {
    const request = { site, call, args, ...(session !== undefined && { session }) }
    const { answer, time, real, pollMs } = await channel.send(request, signal)
    heard = { time, at: performance.now(), real, pollMs }
    // The platform answers each call with its own answer.
    return answer as AnswerOf<C>
  }

  /** One login at a time, for all who wait. It belongs to none of them, so none of their signals ends it. */
  function session(stale?: Promise<string>): Promise<string> {
    if (login === undefined || login === stale) {
      const signal = AbortSignal.timeout(30_000)
      const opening = password(signal)
        .then((secret) => send('session.open', { user, password: secret.reveal() }, signal))
        .then((answer) => answer.session)
      login = opening
      opening.catch(() => {
        if (login === opening) login = undefined
      })
    }
    return login
  }

  return {
    async call(call, args, signal) {
      const first = session()
      try {
        return await send(call, args, signal, await first)
      } catch (reason) {
        // Refused for its session means not carried out: it is sent once more, under a new one.
        if (!(reason instanceof NativeRefusal) || reason.code !== 'SESSION_EXPIRED') throw reason
        return send(call, args, signal, await session(first))
      }
    },
    now: () => Math.round(heard.real ? heard.time + performance.now() - heard.at : heard.time),
    pollMs: () => heard.pollMs,
    async close() {
      const opened = await login?.catch(() => undefined)
      // Logging out is a courtesy: a server that is gone keeps no session.
      if (opened) await send('session.close', {}, AbortSignal.timeout(2000), opened).catch(() => {})
      await channel.close()
    },
  }
}
