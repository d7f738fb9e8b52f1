import { normalizeFingerprints } from './fingerprint.js'
import type { TransportOptions } from './transport-types.js'

/** What a connection needs to know: checked options with their defaults filled in. */
export interface ConnectionSettings {
  /** `https://host:port`, the form that request URLs must begin with. */
  readonly origin: string
  /** Without the brackets of an IPv6 address. */
  readonly hostname: string
  readonly port: number
  /** `name:port`, for messages and events. */
  readonly host: string
  readonly secure: boolean
  readonly trust: Trust
  readonly minVersion: 'TLSv1.2' | 'TLSv1.3'
  readonly proxy: HttpProxy | undefined
  readonly connectTimeoutMs: number
}

export interface TransportSettings extends ConnectionSettings {
  readonly maxConnections: number
  readonly idleTimeoutMs: number
  readonly maxRequestsPerConnection: number
  readonly timeoutMs: number
  readonly maxBodyBytes: number
  readonly compression: boolean
  readonly retries: number
}

export interface Trust {
  readonly ca: readonly string[]
  readonly pins256: readonly string[]
  readonly pins1: readonly string[]
  readonly anything: boolean
}

export interface HttpProxy {
  readonly hostname: string
  readonly port: number
  readonly host: string
  /** Value of `Proxy-Authorization`. */
  readonly authorization: string | undefined
}

const DEFAULT_MAX_BODY_BYTES = 64 * 1024 * 1024

/** Checks the options; a TypeError says what to change. */
export function transportSettings(options: TransportOptions): TransportSettings {
  return {
    ...connectionSettings(options),
    maxConnections: count('maxConnections', options.maxConnections, 8, 1),
    idleTimeoutMs: count('idleTimeoutMs', options.idleTimeoutMs, 4_000, 1),
    maxRequestsPerConnection: limit(
      'maxRequestsPerConnection',
      options.maxRequestsPerConnection,
      Number.POSITIVE_INFINITY,
    ),
    timeoutMs: count('timeoutMs', options.timeoutMs, 60_000, 1),
    maxBodyBytes: limit('maxBodyBytes', options.maxBodyBytes, DEFAULT_MAX_BODY_BYTES),
    compression: options.compression ?? true,
    retries: count('retries', options.retries, 2, 0),
  }
}

export function connectionSettings(options: TransportOptions): ConnectionSettings {
  const url = parsedBaseUrl(options)
  const secure = url.protocol === 'https:'
  const port = url.port === '' ? (secure ? 443 : 80) : Number(url.port)
  return {
    origin: url.origin,
    hostname: withoutBrackets(url.hostname),
    port,
    host: `${url.hostname}:${port}`,
    secure,
    trust: trustOf(options),
    minVersion: options.minVersion ?? 'TLSv1.2',
    proxy: options.proxy === undefined ? undefined : parsedProxy(options.proxy),
    connectTimeoutMs: count('connectTimeoutMs', options.connectTimeoutMs, 10_000, 1),
  }
}

function parsedBaseUrl(options: TransportOptions): URL {
  const url = URL.canParse(options.baseUrl) ? new URL(options.baseUrl) : undefined
  if (url === undefined || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    throw new TypeError('baseUrl must be a URL like "https://host.example:8006"')
  }
  // The URL is not repeated in these messages: it may hold a password.
  if (url.username !== '' || url.password !== '') {
    throw new TypeError('baseUrl must not hold a user name or password: send credentials in the headers of requests')
  }
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '') {
    throw new TypeError('baseUrl must end after host and port: put path and query into each request')
  }
  if (url.protocol === 'http:' && options.allowPlainHttp !== true) {
    throw new TypeError(
      'baseUrl is plain HTTP, readable by everybody on the way: use https, or set allowPlainHttp: true',
    )
  }
  return url
}

function trustOf(options: TransportOptions): Trust {
  const ca = options.ca === undefined ? [] : typeof options.ca === 'string' ? [options.ca] : options.ca
  if (
    options.ca !== undefined &&
    (ca.length === 0 || ca.some((text) => !text.includes('-----BEGIN CERTIFICATE-----')))
  ) {
    throw new TypeError('ca must hold PEM certificates ("-----BEGIN CERTIFICATE-----"): give the text, not a file name')
  }
  const pins256 = normalizeFingerprints('fingerprint256', options.fingerprint256)
  const pins1 = normalizeFingerprints('fingerprint1', options.fingerprint1)
  const anything = options.allowUntrusted === true
  if (anything && ca.length + pins256.length + pins1.length > 0) {
    throw new TypeError('allowUntrusted contradicts ca and fingerprints: leave it out, so that they are checked')
  }
  return { ca, pins256, pins1, anything }
}

function parsedProxy(text: string): HttpProxy {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || url.protocol !== 'http:') {
    throw new TypeError(
      'proxy must be a URL like "http://proxy.example:3128"; user and password may stand before the host',
    )
  }
  const port = url.port === '' ? 80 : Number(url.port)
  const user = decodedPart(url.username)
  const password = decodedPart(url.password)
  return {
    hostname: withoutBrackets(url.hostname),
    port,
    host: `${url.hostname}:${port}`,
    authorization: user === '' && password === '' ? undefined : `Basic ${base64(`${user}:${password}`)}`,
  }
}

function decodedPart(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new TypeError('user and password of the proxy must be percent-encoded: write % as %25')
  }
}

function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64')
}

function withoutBrackets(hostname: string): string {
  return hostname.startsWith('[') ? hostname.slice(1, -1) : hostname
}

function count(name: string, value: number | undefined, fallback: number, least: number): number {
  if (value === undefined) return fallback
  if (!Number.isInteger(value) || value < least || value > 2 ** 31 - 1) {
    throw new TypeError(`${name} must be a whole number of at least ${least}`)
  }
  return value
}

/** Like `count`, but may be Infinity. */
function limit(name: string, value: number | undefined, fallback: number): number {
  if (value === undefined) return fallback
  if (!(value >= 1) || (Number.isFinite(value) && !Number.isInteger(value))) {
    throw new TypeError(`${name} must be a whole number of at least 1, or Infinity`)
  }
  return value
}
