import type { IncomingHttpHeaders } from 'node:http'

/** A request as the handler sees it: complete, with its body. */
export interface LoopbackRequest {
  readonly method: string
  /** Raw, with the query, still percent-encoded. */
  readonly path: string
  readonly headers: IncomingHttpHeaders
  /** Names and values alternating, in the order and spelling of the wire. */
  readonly rawHeaders: readonly string[]
  readonly body: Buffer
  /** Counts connections from 1: requests with the same number came over the same socket. */
  readonly connectionId: number
  /** Counts the requests of that connection from 1. */
  readonly sequence: number
}

export interface LoopbackReply {
  readonly status: number
  /** The reason phrase; default: the standard one for the status. */
  readonly reason?: string
  /** May repeat a name. `Connection`, `Content-Length` and `Transfer-Encoding` are added only where none is given. */
  readonly headers?: readonly (readonly [name: string, value: string])[]
  /** An async iterable is sent in chunks as they come. */
  readonly body?: string | Uint8Array | AsyncIterable<Uint8Array>
  /** Close the connection after this reply. */
  readonly close?: boolean
  /** Wait so long before answering. */
  readonly delayMs?: number
}

export type LoopbackHandler = (request: LoopbackRequest) => LoopbackReply | Promise<LoopbackReply>
