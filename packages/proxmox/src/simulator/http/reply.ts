import { gzipSync } from 'node:zlib'
import type { LoopbackReply } from '@dcm/wire/loopback'
import type { Answer } from '../operations/operation.js'
import type { PlatformError } from './platform-error.js'

export interface ReplyContext {
  readonly formatter: 'json' | 'extjs'
  /** Relayed to the root daemon: the answer says `close` before it says `Keep-Alive`, and the connection ends. */
  readonly isRelayed: boolean
  readonly acceptsGzip: boolean
  readonly jsonMessage: boolean
  readonly now: Date
  /** Also a kept connection is to end after this answer. */
  readonly retire: boolean
}

type Headers = [name: string, value: string][]

const GZIP_FROM_BYTES = 1024
const JSON_TYPE = 'application/json;charset=UTF-8'

export function answerReply(answer: Answer, context: ReplyContext): LoopbackReply {
  if (answer.plainText !== undefined) return textReply(answer.plainText, context)
  const body = context.formatter === 'extjs' ? { success: 1, ...envelope(answer) } : envelope(answer)
  return jsonReply(200, 'OK', body, context, context.isRelayed || context.retire)
}

/** An error after routing: JSON with `data: null`; with the extjs formatter always 200. */
export function errorReply(error: PlatformError, context: ReplyContext): LoopbackReply {
  const { status, text, errors } = error
  if (context.formatter === 'extjs') {
    const body = { success: 0, status, message: text, data: null, ...(errors === undefined ? {} : { errors }) }
    return jsonReply(200, 'OK', body, context, context.isRelayed || context.retire)
  }
  const body = {
    data: null,
    ...(context.jsonMessage ? { message: text } : {}),
    ...(errors === undefined ? {} : { errors }),
  }
  return jsonReply(status, reasonOf(text), body, context, true)
}

/** An early rejection: no content type, the text itself or nothing as body, and the connection ends. */
export function plainReply(
  status: number,
  reason: string,
  body: string | undefined,
  now: Date,
  delayMs?: number,
): LoopbackReply {
  return {
    status,
    reason: reasonOf(reason),
    headers: [...standing(now), ['connection', 'close']],
    ...(body === undefined ? {} : { body }),
    close: true,
    ...(delayMs === undefined ? {} : { delayMs }),
  }
}

/** The first line of a text, in the bytes that a status line may hold. */
function reasonOf(text: string): string {
  const line = text.split(/[\r\n]/)[0] ?? ''
  // A status line is bytes: Node writes it as latin1, so UTF-8 has to be spelt out.
  return Buffer.from(line, 'utf8')
    .toString('latin1')
    .replace(/[^\t\x20-\x7e\x80-\xff]/g, '?')
}

function envelope(answer: Answer): Record<string, unknown> {
  return { data: answer.data, ...(answer.total === undefined || answer.total === 0 ? {} : { total: answer.total }) }
}

function textReply(text: string, context: ReplyContext): LoopbackReply {
  return finish(200, 'OK', Buffer.from(text), 'text/plain', context, context.isRelayed || context.retire)
}

function jsonReply(
  status: number,
  reason: string,
  body: unknown,
  context: ReplyContext,
  close: boolean,
): LoopbackReply {
  return finish(status, reason, Buffer.from(JSON.stringify(body)), JSON_TYPE, context, close)
}

function finish(
  status: number,
  reason: string,
  body: Buffer,
  contentType: string,
  context: ReplyContext,
  close: boolean,
): LoopbackReply {
  const zipped = context.acceptsGzip && body.length > GZIP_FROM_BYTES
  const headers: Headers = [...standing(context.now), ['Content-Type', contentType]]
  if (zipped) headers.push(['Content-Encoding', 'gzip'])
  // A connection that is kept is left to the server, which says `close` when its limit of requests is reached.
  if (close) headers.push(['connection', 'close'])
  if (context.isRelayed && status < 400) headers.push(['Connection', 'Keep-Alive'])
  return { status, reason, headers, body: zipped ? gzipSync(body) : body, close }
}

function standing(now: Date): Headers {
  const date = now.toUTCString()
  return [
    ['Cache-Control', 'max-age=0'],
    ['Date', date],
    ['Pragma', 'no-cache'],
    ['Server', 'pve-api-daemon/3.0'],
    ['Expires', date],
  ]
}
