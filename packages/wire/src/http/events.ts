import { type Channel, channel } from 'node:diagnostics_channel'
import type { WireErrorKind, WireOutcome } from './wire-error.js'

/** Published on `dcm.wire.request`: one `start` a call, then one `end` (body complete) or one `error`. */
export interface WireRequestEvent {
  readonly phase: 'start' | 'end' | 'error'
  readonly host: string
  readonly method: string
  /** Without the query. */
  readonly path: string
  /** Counts from 1; 0 when the call ended before its first attempt. */
  readonly attempt: number
  readonly status?: number
  /** Since the call began. */
  readonly ms?: number
  readonly kind?: WireErrorKind
  readonly outcome?: WireOutcome
}

/** Published on `dcm.wire.retry` before the wait. */
export interface WireRetryEvent {
  readonly host: string
  readonly method: string
  readonly path: string
  /** The attempt that failed. */
  readonly attempt: number
  readonly kind: WireErrorKind
  readonly delayMs: number
}

/** Published on `dcm.wire.connect` when a connection was opened, or could not be. */
export interface WireConnectEvent {
  readonly host: string
  readonly proxy?: string
  readonly ms: number
  readonly kind?: WireErrorKind
}

export const requestChannel: Channel = channel('dcm.wire.request')
export const retryChannel: Channel = channel('dcm.wire.retry')
export const connectChannel: Channel = channel('dcm.wire.connect')
