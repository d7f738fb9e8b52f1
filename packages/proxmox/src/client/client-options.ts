import type { PasswordCredentials } from './auth-ticket.js'
import type { TokenCredentials } from './auth-token.js'
import type { FetchLike } from './sender-fetch.js'
import type { PollInterval } from './task-watcher.js'

/** An API token (no login, never expires), or a user with password (a ticket that is renewed). */
export type ProxmoxAuth = TokenCredentials | PasswordCredentials

/** What `createProxmoxClient` takes. Nothing is sent before the first call. */
export interface ProxmoxClientOptions {
  /** Any node of the cluster, with its port: `https://pve1:8006`. */
  readonly url: string
  /** Secrets may be functions, which are asked at login and again after a refusal. */
  readonly auth: ProxmoxAuth
  /** Certificate authority to trust in place of the system's, PEM: /etc/pve/pve-root-ca.pem of the cluster. */
  readonly ca?: string | readonly string[]
  /** SHA-256 of the node's certificate (`AA:BB:...`), as GET /nodes shows it; checked before anything is sent. */
  readonly fingerprint256?: string | readonly string[]
  /** Talk to whoever answers. Only for laboratories. */
  readonly allowUntrusted?: boolean
  /** Default `TLSv1.2`. */
  readonly minVersion?: 'TLSv1.2' | 'TLSv1.3'
  /** `http://[user:password@]host:port`, asked to CONNECT. */
  readonly proxy?: string
  /** Connections at a time. Default 8. */
  readonly maxConnections?: number
  /** Default 10,000. */
  readonly connectTimeoutMs?: number
  /** For a whole call, its body included. Default 60,000: the platform gives up on another node after 30 s. */
  readonly timeoutMs?: number
  /** Of one answer, after decompression. Default 64 MiB. */
  readonly maxBodyBytes?: number
  /**
   * Ask for compressed answers. Default false: the node's one proxy process compresses and we decompress, which only a
   * slow network is worth.
   */
  readonly compression?: boolean
  /** How often a read is repeated after a failure of the connection. Default 2. */
  readonly retries?: number
  /** Release of the endpoint, as in `8.4`, where it is known: calls that it lacks are then refused before sending. */
  readonly release?: string
  /** How often tasks are looked at. */
  readonly taskPolling?: PollInterval
  /** Sends requests in place of the built-in transport; trust, proxy and pooling are then its business. For tests. */
  readonly fetch?: FetchLike
}
