import type { Dispatcher } from 'undici'
import type { Lane } from './lanes.js'
import { type WireError, type WireOutcome, withoutBaggage } from './wire-error.js'

/** Who sent a request and wants to know how it goes. */
export interface ExchangeOwner {
  /** The answer is complete, or so much of it has come that the rest must be asked for. */
  exchangeReady(exchange: Exchange): void
  /** The last byte of the answer is here. */
  exchangeComplete(exchange: Exchange): void
  /** A failure of the lower layers; the answer is the error to fail with. */
  translateFailure(exchange: Exchange, cause: unknown): WireError
  /** The error for a body beyond the limit. */
  bodyTooLarge(exchange: Exchange): WireError
  exchangeFailed(exchange: Exchange, error: WireError): void
}

/** More than this waits on the wire until somebody reads. */
const BUFFER_BYTES = 256 * 1024

/**
 * One attempt of one request: the handler that undici calls, and the buffer of the answer's body.
 * The order of calls is start, headers, data, end; an error may come instead of any of them, and is the last.
 */
export class Exchange implements Dispatcher.DispatchHandler {
  readonly owner: ExchangeOwner
  readonly options: Dispatcher.DispatchOptions
  readonly maxBodyBytes: number
  lane: Lane | undefined
  status = 0
  statusText = ''
  headers: Record<string, string | string[]> = {}
  /** Body bytes as they came, still encoded, not yet taken. */
  chunks: Uint8Array[] = []
  buffered = 0
  received = 0
  outcome: WireOutcome = 'not-sent'
  complete = false
  failure: WireError | undefined
  /** Nothing more will come from undici: the connection is free for others. */
  released = false
  /** Keep every byte coming: somebody collects them all. */
  collecting = false
  waiter: (() => void) | undefined
  ready = false
  controller: Dispatcher.DispatchController | undefined

  constructor(owner: ExchangeOwner, options: Dispatcher.DispatchOptions, maxBodyBytes: number) {
    this.owner = owner
    this.options = options
    this.maxBodyBytes = maxBodyBytes
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    // Thrown before the first byte is written, so undici drops the request and keeps the connection.
    if (this.failure) throw this.failure
    this.controller = controller
    this.outcome = 'unknown'
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
    statusText = '',
  ): void {
    if (status < 200) return // an interim answer; the real one follows
    this.outcome = 'answered'
    this.status = status
    this.statusText = statusText
    // undici fills every name that it puts there.
    this.headers = headers as Record<string, string | string[]>
    const declared = headers['content-length']
    if (typeof declared === 'string' && Number(declared) > this.maxBodyBytes && this.options.method !== 'HEAD') {
      throw this.owner.bodyTooLarge(this) // undici closes the connection and reports this error
    }
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Uint8Array): void {
    this.received += chunk.length
    if (this.received > this.maxBodyBytes) throw this.owner.bodyTooLarge(this)
    this.chunks.push(chunk)
    this.buffered += chunk.length
    if (!this.collecting && this.buffered > BUFFER_BYTES) {
      controller.pause()
      this.becomeReady()
    }
    this.wake()
  }

  onResponseEnd(): void {
    this.complete = true
    this.release()
    this.owner.exchangeComplete(this)
    this.becomeReady()
    this.wake()
  }

  onResponseError(_controller: unknown, cause: unknown): void {
    this.release()
    if (this.failure === undefined) this.fail(this.owner.translateFailure(this, cause))
  }

  /** Ends the attempt from our side: deadline, abort, or a reader that had enough. */
  interrupt(error: WireError): void {
    if (this.complete || this.failure) return
    const { controller } = this
    this.fail(error)
    if (this.lane === undefined) this.released = true
    else if (controller) controller.abort(withoutBaggage(error))
    // Else the request waits in undici for its connection, and onRequestStart will drop it.
  }

  /** Lets the paused rest of the body come. */
  resume(): void {
    if (this.controller?.paused) this.controller.resume()
  }

  private fail(error: WireError): void {
    this.failure = error
    this.owner.exchangeFailed(this, error)
    this.wake()
  }

  private becomeReady(): void {
    if (this.ready) return
    this.ready = true
    this.owner.exchangeReady(this)
  }

  private release(): void {
    if (this.released) return
    this.released = true
    this.lane?.release()
  }

  private wake(): void {
    const { waiter } = this
    if (waiter === undefined) return
    this.waiter = undefined
    waiter()
  }
}
