import type { TransportOptions } from '@dcm/wire'
import type { Secret } from '@dcm/wire/secret'

/** Who we are: a password, a SAML token, a ticket of another session, or that session itself. */
export type VsphereAuth =
  | {
      readonly username: string
      /** Asked for at each login; one that was refused is not sent again. */
      readonly password: Secret
    }
  /** A SAML assertion (bearer) of the single sign-on service, as XML. Asked for at each login. */
  | { readonly token: Secret }
  /** What `AcquireCloneTicket` gave in another client. It is good for one login: when that session ends, so does this client. */
  | { readonly cloneTicket: Secret }
  /** What `client.sessionCookie()` gave elsewhere. The session belongs to whoever opened it and is not closed by `close()`. */
  | { readonly sessionCookie: Secret }

type Connection = Pick<
  TransportOptions,
  | 'ca'
  | 'fingerprint256'
  | 'fingerprint1'
  | 'allowUntrusted'
  | 'minVersion'
  | 'proxy'
  | 'maxConnections'
  | 'connectTimeoutMs'
  | 'timeoutMs'
  | 'maxBodyBytes'
  | 'retries'
>

export interface VsphereClientOptions extends Connection {
  /** `https://vcenter.example.com`, of a vCenter or an ESXi host. */
  readonly url: string
  readonly auth: VsphereAuth
  /** Language of the server's texts, such as `en`. Default: the server's own. */
  readonly locale?: string
  /** Shown in the server's list of sessions. Default `dcm-vsphere`. */
  readonly userAgent?: string
  /** API version to speak, as in `8.0.3.0`. Default: the highest that both sides know. */
  readonly apiVersion?: string
  /** How often an idle session is kept alive; default 600,000 (ten minutes), 0 for never. Servers end sessions after thirty. */
  readonly keepAliveMs?: number
}
