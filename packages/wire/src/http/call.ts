import { type AbortWatcher, unwatchAbort, watchAbort } from './abort-watch.js'
import { ConnectFailure } from './connect-failure.js'
import { requestChannel, retryChannel, type WireRequestEvent, type WireRetryEvent } from './events.js'
import { Exchange, type ExchangeOwner } from './exchange.js'
import { nameLowerLayerFailure } from './lower-layer-failure.js'
import { BufferedResponse, type ResponseContext } from './response.js'
import { furthest, isRetryable, retryDelayMs } from './retry.js'
import type { TransportSettings } from './settings.js'
import type { TransportRequest, TransportResponse } from './transport-types.js'
import { WireError, type WireErrorKind, type WireOutcome, withoutBaggage } from './wire-error.js'

/** What a call needs of its transport. */
export interface CallHost {
  readonly settings: TransportSettings
  dispatch(exchange: Exchange): void
  countRetry(): void
  /** The call holds nothing any more. */
  callOver(call: Call): void
}

/** One call of `request`: its deadline, its signal and its attempts. */
export class Call implements ExchangeOwner, ResponseContext, AbortWatcher {
  readonly promise: Promise<TransportResponse>
  private readonly host: CallHost
  private readonly request: TransportRequest
  private readonly headers: string[]
  private readonly idempotent: boolean
  private readonly timeoutMs: number
  private resolve!: (response: TransportResponse) => void // set by the promise's executor, which runs at once
  private reject!: (error: WireError) => void // likewise
  private exchange: Exchange | undefined
  private attempt = 0
  /** The furthest that earlier attempts got. */
  private earlier: WireOutcome = 'not-sent'
  /** Once the caller has it, a failure concerns the reader of its body. */
  private response: BufferedResponse | undefined
  /** Ended from our side: no further attempt. */
  private interrupted = false
  private over = false
  private readonly startedAt: number
  private readonly deadline: NodeJS.Timeout
  private backOff: NodeJS.Timeout | undefined

  constructor(host: CallHost, request: TransportRequest, headers: string[]) {
    this.host = host
    this.request = request
    this.headers = headers
    this.idempotent = !isStream(request.body) && (request.idempotent ?? ['GET', 'HEAD'].includes(request.method))
    this.timeoutMs = request.timeoutMs ?? host.settings.timeoutMs
    this.promise = new Promise((resolve, reject) => {
      this.resolve = resolve
      this.reject = reject
    })
    // A plain timer: Node keeps those of one duration in a list, so a call pays for two list operations.
    this.deadline = setTimeout(expire, this.timeoutMs, this)
    if (request.signal) watchAbort(request.signal, this)
    this.startedAt = requestChannel.hasSubscribers ? performance.now() : 0
    if (requestChannel.hasSubscribers) this.publish('start')
  }

  /** Begins the next attempt. */
  send(): void {
    if (this.over) return
    this.attempt += 1
    const { request, host } = this
    const exchange = new Exchange(
      this,
      { method: request.method, path: request.path, headers: this.headers, body: bodyOf(request) },
      request.maxBodyBytes ?? host.settings.maxBodyBytes,
    )
    this.exchange = exchange
    host.dispatch(exchange)
  }

  /** Ends the call from our side, wherever it stands. */
  interrupt(kind: WireErrorKind, message: string, cause?: unknown): void {
    if (this.over) return
    this.interrupted = true
    const error = this.error(kind, this.outcome(), message, cause)
    const { exchange } = this
    if (exchange && exchange.failure === undefined) exchange.interrupt(error)
    else this.finish(error) // before the first attempt, or between two
  }

  /** Ends the call if its answer is there and nobody has begun to read the rest of it. */
  giveUpUnread(): void {
    if (this.response !== undefined && !this.response.isUsed) {
      this.interrupt('closed', 'the transport was closed before the body was read')
    }
  }

  signalAborted(): void {
    this.interrupt('aborted', 'the request was aborted by its signal', this.request.signal?.reason)
  }

  expired(): void {
    const progress = {
      'not-sent': 'no connection was free or could be opened in that time, nothing was sent',
      unknown: 'it was sent, but no answer came',
      answered: 'the answer had begun, but was not complete',
    }[this.outcome()]
    this.interrupt('timeout', `no complete answer within ${this.timeoutMs} ms: ${progress}`)
  }

  exchangeReady(exchange: Exchange): void {
    this.response = new BufferedResponse(exchange, this)
    this.resolve(this.response)
  }

  exchangeComplete(exchange: Exchange): void {
    this.finish(undefined, exchange.status)
  }

  exchangeFailed(exchange: Exchange, error: WireError): void {
    this.earlier = furthest(this.earlier, exchange.outcome)
    const final = this.response !== undefined || this.interrupted || !error.retryable
    if (final || this.attempt > this.host.settings.retries) this.finish(error)
    else this.sendAgainAfter(error)
  }

  translateFailure(exchange: Exchange, cause: unknown): WireError {
    if (WireError.isInstance(cause)) return cause // ours, thrown through undici
    const outcome = furthest(this.earlier, exchange.outcome)
    if (cause instanceof ConnectFailure) {
      return this.error(cause.kind, outcome, cause.message, cause.cause, cause.transient)
    }
    const { kind, message } = nameLowerLayerFailure(cause, outcome)
    return this.error(kind, outcome, message, withoutBaggage(cause))
  }

  bodyTooLarge(exchange: Exchange): WireError {
    const message = `the answer's body is larger than ${exchange.maxBodyBytes} bytes: raise maxBodyBytes if that is expected`
    return this.error('body-too-large', 'answered', message)
  }

  protocolError(_exchange: Exchange, message: string, cause?: unknown): WireError {
    return this.error('protocol', 'answered', message, cause === undefined ? undefined : withoutBaggage(cause))
  }

  abandoned(_exchange: Exchange): WireError {
    return this.error('aborted', 'answered', 'the reader of the body stopped before its end')
  }

  private outcome(): WireOutcome {
    return furthest(this.earlier, this.exchange?.outcome ?? 'not-sent')
  }

  private sendAgainAfter(error: WireError): void {
    const delayMs = retryDelayMs(this.attempt, Math.random())
    this.host.countRetry()
    if (retryChannel.hasSubscribers) {
      const { host, kind } = error
      const event: WireRetryEvent = { host, ...this.named(), attempt: this.attempt, kind, delayMs }
      retryChannel.publish(event)
    }
    this.backOff = setTimeout(sendAgain, delayMs, this)
  }

  private finish(error: WireError | undefined, status?: number): void {
    if (this.over) return
    this.over = true
    clearTimeout(this.deadline)
    if (this.backOff !== undefined) clearTimeout(this.backOff)
    if (this.request.signal) unwatchAbort(this.request.signal, this)
    if (requestChannel.hasSubscribers) this.publish(error ? 'error' : 'end', error, status)
    if (error && this.response === undefined) this.reject(error)
    this.host.callOver(this)
  }

  private named(): { method: string; path: string } {
    const { method, path } = this.request
    const mark = path.indexOf('?')
    return { method, path: mark < 0 ? path : path.slice(0, mark) }
  }

  private error(kind: WireErrorKind, outcome: WireOutcome, text: string, cause?: unknown, transient = true): WireError {
    const { method, path } = this.named()
    const retryable = transient && isRetryable(kind, outcome, this.idempotent)
    const message = `${method} ${path}: ${text}`
    return new WireError({ kind, outcome, message, retryable, host: this.host.settings.host, method, path, cause })
  }

  private publish(phase: WireRequestEvent['phase'], error?: WireError, status?: number): void {
    const event: WireRequestEvent = {
      phase,
      host: this.host.settings.host,
      ...this.named(),
      attempt: this.attempt,
      ...(phase === 'start' ? {} : { ms: this.startedAt === 0 ? 0 : performance.now() - this.startedAt }),
      ...(status === undefined ? {} : { status }),
      ...(error === undefined ? {} : { kind: error.kind, outcome: error.outcome }),
    }
    requestChannel.publish(event)
  }
}

function isStream(body: TransportRequest['body']): body is AsyncIterable<Uint8Array> {
  return typeof body === 'object' && !(body instanceof Uint8Array)
}

/** undici sends async iterables too; its types name only those of Node. */
function bodyOf({ body }: TransportRequest): string | Uint8Array | null {
  return isStream(body) ? (body as unknown as Uint8Array) : (body ?? null)
}

function expire(call: Call): void {
  call.expired()
}

function sendAgain(call: Call): void {
  call.send()
}
