import type { SecretInput } from '@dcm/core'
import {
  array,
  boolean,
  integer,
  object,
  oneOf,
  optional,
  refine,
  type Schema,
  secretInput,
  string,
} from '@dcm/core/schema'

/** A user of the single sign-on domain, or of the ESXi host. */
export interface VspherePasswordAuth {
  /** `ops@vsphere.local`, or `root` on a bare host. */
  readonly username: string
  readonly password: SecretInput
}

/** A SAML assertion (bearer) of the single sign-on service. */
export interface VsphereTokenAuth {
  /** The assertion's XML. */
  readonly token: SecretInput
}

/** How to reach a vCenter or a bare ESXi host, as whom, and what makes its certificate trusted. */
export interface VsphereConfig {
  /** `https://vcenter.example.com`; a path `/sdk` is tolerated. */
  readonly url: string
  readonly auth: VspherePasswordAuth | VsphereTokenAuth
  /** SHA-256 fingerprint of the certificate, `AA:BB:...`; several where certificates are being changed. */
  readonly fingerprint256?: string | readonly string[]
  /** The SHA-1 thumbprint that vSphere itself shows; the SHA-256 one is the better choice. */
  readonly fingerprint1?: string | readonly string[]
  /** Authority of the certificate, PEM. */
  readonly ca?: string | readonly string[]
  /** Talk to whoever answers. Only for laboratories: said in every connection test. */
  readonly allowUntrusted?: boolean
  /** `http://proxy.example.com:3128` */
  readonly proxy?: string
  readonly timeouts?: {
    /** Default 10,000 ms. */
    readonly connectMs?: number
    /** For one request, its body included. Default 60,000 ms. */
    readonly requestMs?: number
  }
  readonly limits?: {
    /** Connections at a time. Default 8. */
    readonly maxConnections?: number
  }
}

const url: Schema<string> = refine(string({ maxLength: 512 }), (value) => {
  if (!URL.canParse(value)) return "must look like 'https://vcenter.example.com'"
  const parsed = new URL(value)
  if (parsed.protocol !== 'https:') return 'must begin with https://: vSphere speaks nothing else'
  if (parsed.username !== '' || parsed.password !== '') return 'must not hold credentials: they belong in auth'
  if (!/^\/(?:sdk\/?)?$/.test(parsed.pathname) || parsed.search !== '' || parsed.hash !== '') {
    return 'must end with the host and port: what follows belongs to the web interface'
  }
  return undefined
})

function hexPairs(count: number, name: string): Schema<string> {
  const form = new RegExp(`^(?:[0-9A-Fa-f]{2}:?){${count - 1}}[0-9A-Fa-f]{2}$`)
  return refine(string({ maxLength: 128 }), (value) =>
    form.test(value) ? undefined : `must be the ${count} hexadecimal pairs of a ${name} fingerprint, as 'AA:BB:...'`,
  )
}

const fingerprint256 = hexPairs(32, 'SHA-256')
const fingerprint1 = hexPairs(20, 'SHA-1')

const pem: Schema<string> = refine(string({ maxLength: 65_536 }), (value) =>
  value.includes('-----BEGIN CERTIFICATE-----')
    ? undefined
    : 'must be the text of a PEM file, beginning with -----BEGIN CERTIFICATE-----; a path is not read',
)

/** Checks a connection, wherever it comes from, and tells everything that is wrong with it. */
export const vsphereConfigSchema: Schema<VsphereConfig> = object({
  url,
  auth: oneOf(
    object({ username: string({ minLength: 1, maxLength: 256 }), password: secretInput() }),
    object({ token: secretInput() }),
  ),
  fingerprint256: optional(oneOf(fingerprint256, array(fingerprint256, { minLength: 1, maxLength: 16 }))),
  fingerprint1: optional(oneOf(fingerprint1, array(fingerprint1, { minLength: 1, maxLength: 16 }))),
  ca: optional(oneOf(pem, array(pem, { minLength: 1, maxLength: 16 }))),
  allowUntrusted: optional(boolean()),
  proxy: optional(
    refine(string({ maxLength: 512 }), (value) =>
      URL.canParse(value) && new URL(value).protocol === 'http:'
        ? undefined
        : "must look like 'http://proxy.example.com:3128'",
    ),
  ),
  timeouts: optional(
    object({
      connectMs: optional(integer({ min: 1, max: 600_000 })),
      requestMs: optional(integer({ min: 1, max: 3_600_000 })),
    }),
  ),
  limits: optional(object({ maxConnections: optional(integer({ min: 1, max: 256 })) })),
})
