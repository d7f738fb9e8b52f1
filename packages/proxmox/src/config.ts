import type { SecretInput } from '@dcm/core'
import {
  array,
  boolean,
  integer,
  invalid,
  object,
  oneOf,
  optional,
  refine,
  type Schema,
  schema,
  secretInput,
  string,
} from '@dcm/core/schema'

/** An API token: no login, no expiry unless set. The better choice for services. */
export interface ProxmoxTokenAuth {
  /** `user@realm!name`, as in `dcm@pve!service`. */
  readonly tokenId: string
  /** The value that was shown once when the token was made. */
  readonly secret: SecretInput
}

/** A user with a password: a ticket of two hours, renewed in time. */
export interface ProxmoxPasswordAuth {
  /** `user@realm`, as in `root@pam`. */
  readonly username: string
  readonly password: SecretInput
}

/** How to reach a Proxmox VE cluster: any node of it, as whom, and what makes its certificate trusted. */
export interface ProxmoxConfig {
  /** `https://pve1.example.com:8006`; or give `host`, and `port` where it is not 8006. */
  readonly url?: string
  /** Name or address of a node, in place of `url`. */
  readonly host?: string
  /** Default 8006. */
  readonly port?: number
  /** An API token, or a user with a password. */
  readonly auth: ProxmoxTokenAuth | ProxmoxPasswordAuth
  /** SHA-256 fingerprint of the node's certificate, `AA:BB:...`; several where certificates are being changed. */
  readonly fingerprint256?: string | readonly string[]
  /** Authority of the certificate, PEM: /etc/pve/pve-root-ca.pem. */
  readonly ca?: string | readonly string[]
  /** Talk to whoever answers. Only for laboratories: said in every connection test. */
  readonly allowUntrusted?: boolean
  /** `http://proxy.example.com:3128` */
  readonly proxy?: string
  /** Ask for compressed answers, for slow networks. Default false. */
  readonly compression?: boolean
  /** Ids for new VMs, both ends included. Default: the datacenter's range, else 100 to 999999. */
  readonly vmidRange?: { readonly from: number; readonly to: number }
  readonly timeouts?: {
    /** Default 10,000 ms. */
    readonly connectMs?: number
    /** For one request, its body included. Default 60,000 ms. */
    readonly requestMs?: number
  }
  readonly limits?: {
    /** Connections at a time. Default 8. */
    readonly maxConnections?: number
    /** Clones of one template at a time; more run into the storage's lock. Default 1. */
    readonly clonesPerSource?: number
  }
}

const tokenId: Schema<string> = refine(string({ maxLength: 256 }), (value) => {
  if (/^[^\s!@=:/]+@[^\s!@=:/]+![A-Za-z][A-Za-z0-9._-]*$/.test(value)) return undefined
  if (value.includes('=')) return 'must end before the =: what follows is the secret and belongs in auth.secret'
  if (/^PVEAPIToken/i.test(value)) return "must be the id alone, without 'PVEAPIToken'"
  if (!value.includes('!'))
    return "needs the token's name behind a !, as in 'user@realm!name'; for a user with a password give auth.username"
  if (!value.includes('@')) return "needs the realm, as in 'user@pve!name'"
  return "must look like 'user@realm!name'"
})

const username: Schema<string> = refine(string({ maxLength: 256 }), (value) => {
  if (value.includes('!')) return 'is the id of a token: give it as auth.tokenId, with auth.secret'
  return /^[^\s]+@[^\s@]+$/.test(value) ? undefined : "must name its realm, as in 'root@pam'"
})

const url: Schema<string> = refine(string({ maxLength: 512 }), (value) => {
  if (!URL.canParse(value)) return "must look like 'https://pve1.example.com:8006'"
  const parsed = new URL(value)
  if (parsed.protocol !== 'https:') return 'must begin with https://: Proxmox VE speaks nothing else'
  if (parsed.username !== '' || parsed.password !== '') return 'must not hold credentials: they belong in auth'
  if (parsed.hash !== '' || parsed.search !== '')
    return 'must end with the port: what follows belongs to the web interface'
  if (!/^\/(?:api2(?:\/json)?\/?)?$/.test(parsed.pathname)) {
    return `must end with the port, without the path '${parsed.pathname.slice(0, 40)}'`
  }
  return undefined
})

const host: Schema<string> = refine(string({ maxLength: 253 }), (value) => {
  if (value.includes('://')) return 'is a url: give it as url'
  if (/^\[?[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*\]?$/.test(value) && value.split(':').length > 2) return undefined
  if (/:\d+$/.test(value)) return 'must not hold the port: give it as port'
  return /^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$/.test(value) ? undefined : 'must be a host name or an IP address'
})

const fingerprint: Schema<string> = refine(string({ maxLength: 128 }), (value) => {
  if (/^(?:[0-9A-Fa-f]{2}:?){31}[0-9A-Fa-f]{2}$/.test(value)) return undefined
  if (/^(?:[0-9A-Fa-f]{2}:?){19}[0-9A-Fa-f]{2}$/.test(value))
    return 'is a SHA-1 fingerprint: the SHA-256 one has 32 pairs'
  return "must be the 32 hexadecimal pairs of a SHA-256 fingerprint, as 'AA:BB:...'"
})

const pem: Schema<string> = refine(string({ maxLength: 65_536 }), (value) =>
  value.includes('-----BEGIN CERTIFICATE-----')
    ? undefined
    : 'must be the text of a PEM file, beginning with -----BEGIN CERTIFICATE-----; a path is not read',
)

const vmid: Schema<number> = integer({ min: 100, max: 999_999_999 })

const shape: Schema<ProxmoxConfig> = object({
  url: optional(url),
  host: optional(host),
  port: optional(integer({ min: 1, max: 65_535 })),
  auth: oneOf(object({ tokenId, secret: secretInput() }), object({ username, password: secretInput() })),
  fingerprint256: optional(oneOf(fingerprint, array(fingerprint, { minLength: 1, maxLength: 16 }))),
  ca: optional(oneOf(pem, array(pem, { minLength: 1, maxLength: 16 }))),
  allowUntrusted: optional(boolean()),
  compression: optional(boolean()),
  proxy: optional(
    refine(string({ maxLength: 512 }), (value) =>
      URL.canParse(value) && new URL(value).protocol === 'http:'
        ? undefined
        : "must look like 'http://proxy.example.com:3128'",
    ),
  ),
  vmidRange: optional(
    refine(object({ from: vmid, to: vmid }), ({ from, to }) =>
      from <= to ? undefined : 'must not end before it begins',
    ),
  ),
  timeouts: optional(
    object({
      connectMs: optional(integer({ min: 1, max: 600_000 })),
      requestMs: optional(integer({ min: 1, max: 3_600_000 })),
    }),
  ),
  limits: optional(
    object({
      maxConnections: optional(integer({ min: 1, max: 256 })),
      clonesPerSource: optional(integer({ min: 1, max: 64 })),
    }),
  ),
})

/** Checks a connection, wherever it comes from, and tells everything that is wrong with it. */
export const proxmoxConfigSchema: Schema<ProxmoxConfig> = schema<ProxmoxConfig>(
  shape.expects,
  shape.fit,
  (value, path, report) => {
    const config = shape.read(value, path, report)
    if (config === invalid) return invalid
    if (config.url === undefined && config.host === undefined) {
      report([...path, 'url'], "is missing; give it as 'https://pve1.example.com:8006', or give host")
      return invalid
    }
    if (config.url !== undefined && (config.host !== undefined || config.port !== undefined)) {
      report([...path, 'url'], 'must stand alone: it says host and port already')
      return invalid
    }
    return config
  },
)

/** The endpoint's address. A url without a port means the platform's own, 8006, not 443. */
export function baseUrlOf(config: Pick<ProxmoxConfig, 'url' | 'host' | 'port'>): string {
  if (config.url !== undefined) {
    const parsed = new URL(config.url)
    // 443 is a choice that URL parsing hides: behind a gateway it has to be written out.
    const port = parsed.port !== '' ? parsed.port : /:443(?:\/|$)/.test(config.url) ? '443' : '8006'
    return `https://${parsed.hostname}:${port}`
  }
  const name = config.host ?? ''
  const literal = name.includes(':') && !name.startsWith('[') ? `[${name}]` : name
  return `https://${literal}:${config.port ?? 8006}`
}
