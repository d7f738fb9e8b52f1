import type { Timing } from './clock/timing.js'
import type { Release } from './schema/release.js'
import type { SeedOptions } from './seed/seed-options.js'

/** Everything here is JSON, so that a simulator in another process takes the same options. */
export interface ProxmoxSimulatorOptions {
  readonly seed?: SeedOptions
  /** Operations, parameters and privileges of this release; default `9.2`. */
  readonly release?: Release
  /** Divides every time the platform takes; default 1, the platform's own pace. Tests use 50 and more. */
  readonly speed?: number
  /** Single times, in milliseconds, over what `speed` gives. */
  readonly timing?: Partial<Timing>
  /** Errors carry a JSON `message`; default as the release does. */
  readonly jsonMessage?: boolean
  /** Default 0: any free port. */
  readonly port?: number
  /** Default 127.0.0.1. */
  readonly host?: string
  /** Of root@pam; default a fresh one. */
  readonly password?: string
  /** Secret of the token `root@pam!simulator`; default a fresh one. */
  readonly tokenSecret?: string
  /** Idle connections are closed after so long; default 5000, as on the platform. */
  readonly idleTimeoutMs?: number
  /** A connection ends after so many requests; default 100, as on the platform. */
  readonly maxRequestsPerConnection?: number
  /** Guests may start on bridges that no node has; default false. */
  readonly lenientBridges?: boolean
  /** What opens `/simulator-control/`; without it that door is shut. */
  readonly controlToken?: string
}

export interface SimulatorCredentials {
  /** `root@pam`. */
  readonly user: string
  readonly password: string
  /** `root@pam!simulator`. */
  readonly tokenId: string
  readonly tokenSecret: string
  /** `root@pam!simulator=SECRET`, as it stands behind `PVEAPIToken=`. */
  readonly token: string
}

/** How to reach a simulator. */
export interface SimulatorAddress {
  readonly url: string
  readonly port: number
  /** PEM of the cluster's own authority. */
  readonly ca: string
  /** Of the certificate that the server presents. */
  readonly fingerprint256: string
  readonly nodes: readonly string[]
  readonly credentials: SimulatorCredentials
}
