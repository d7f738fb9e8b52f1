import { createHmac } from 'node:crypto'
import { HypervisorError } from '../errors/hypervisor-error.js'
import type { Json, JsonObject } from '../json.js'
import { Secret, type SecretInput, type SecretResolver } from '../secrets/secret.js'

/** A secret as it may stand in a handle: a reference, or the place of an inline value with at most a digest of it. */
export type SealedSecret = { readonly secretRef: string } | { readonly sealedPath: string; readonly digest?: string }

/** The type with every secret input replaced by its sealed form. */
export type Sealed<T> = [SecretInput] extends [T]
  ? Exclude<T, SecretInput> | SealedSecret
  : T extends readonly (infer Item)[]
    ? readonly Sealed<Item>[]
    : T extends object
      ? { readonly [K in keyof T]: Sealed<T[K]> }
      : T

/** Inline secrets by their path in the input. Lives in memory only. */
export type InlineSecrets = ReadonlyMap<string, Secret>

/** HMAC-SHA-256 key, supplied by the application, for digests of inline secrets. Without one, no digest is kept. */
export type DigestKey = string | Uint8Array

/**
 * Takes the inline secrets out of `input`. The sealed input is plain JSON and fit for a handle; the secrets are kept
 * apart, by path. With a digest key, each sealed secret carries a digest, so that another value is noticed later.
 */
export function seal<T>(
  input: T,
  digestKey?: DigestKey,
): { readonly sealed: Sealed<T>; readonly secrets: InlineSecrets } {
  const secrets = new Map<string, Secret>()
  const walk = (value: unknown, path: string): unknown => {
    if (Array.isArray(value)) return value.map((item, index) => walk(item, `${path}[${index}]`))
    if (typeof value !== 'object' || value === null) return value
    if ('secretValue' in value && typeof value.secretValue === 'string') {
      secrets.set(path, new Secret(value.secretValue))
      if (digestKey === undefined) return { sealedPath: path }
      const digest = createHmac('sha256', digestKey).update(value.secretValue).digest('hex').slice(0, 32)
      return { sealedPath: path, digest }
    }
    const entries = Object.entries(value).filter(([, member]) => member !== undefined)
    return Object.fromEntries(entries.map(([key, member]) => [key, walk(member, path ? `${path}.${key}` : key)]))
  }
  // The walk replaces exactly what Sealed<T> says.
  return { sealed: walk(input, '') as Sealed<T>, secrets }
}

/** A function that gives the value of a sealed secret, from the inline ones or through the resolver. */
export function revealer(
  secrets: InlineSecrets,
  resolver: SecretResolver,
  signal: AbortSignal,
): (secret: SealedSecret) => Promise<Secret> {
  return async (secret) => {
    if ('secretRef' in secret) return resolver.resolve(secret.secretRef, signal)
    const value = secrets.get(secret.sealedPath)
    if (value) return value
    throw new HypervisorError(
      'FAILED_PRECONDITION',
      `the inline secret at '${secret.sealedPath}' is not stored: resume with { spec } holding it again, or use a secretRef`,
      { details: { reason: 'secret-needed-again' } },
    )
  }
}

/** One text for one value, whatever the order of its keys. */
export function canonicalJson(value: Json | undefined): string {
  if (Array.isArray(value)) return `[${value.map((item: Json) => canonicalJson(item)).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null)
  const object = value as JsonObject
  const keys = Object.keys(object).filter((key) => object[key] !== undefined)
  return `{${keys
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalJson(object[key])}`)
    .join(',')}}`
}
