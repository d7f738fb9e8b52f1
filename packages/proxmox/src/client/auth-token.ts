import { isHeaderToken, readSecret, type Secret } from '@dcm/wire/secret'
import { refusal } from './error.js'
import type { Authorization, Session } from './session.js'
import { singleFlight } from './single-flight.js'

export interface TokenCredentials {
  /** `user@realm!name`, as in `root@pam!ci`. */
  readonly tokenId: string
  /** The value that was shown once when the token was made. */
  readonly secret: Secret
}

/**
 * Signs by API token: no login, no expiry, no CSRF token. A refusal is final, unless the secret is a function and gives
 * another value when it is asked again.
 */
export function createTokenSession(credentials: TokenCredentials): Session {
  const { tokenId } = credentials
  if (!/^[^\s!@=:/]+@[^\s!@=:/]+![A-Za-z][A-Za-z0-9._-]*$/.test(tokenId)) {
    throw refusal("tokenId must look like 'user@realm!name'; the secret does not belong in it")
  }
  let secret: string | undefined
  let authorization: Authorization | undefined
  const load = singleFlight(async () => {
    const value = await readSecret(credentials.secret, 'the secret of the API token', refusal)
    if (!isHeaderToken(value)) throw refusal('the secret of the API token holds characters that no token has')
    if (value === secret && authorization !== undefined) return authorization
    secret = value
    const headers = { authorization: `PVEAPIToken=${tokenId}=${value}` }
    authorization = { version: (authorization?.version ?? 0) + 1, readHeaders: headers, writeHeaders: headers }
    return authorization
  })

  return {
    authorize: () => authorization ?? load(),
    refused: async (used) => {
      if (authorization !== undefined && authorization.version !== used.version) return true
      if (typeof credentials.secret !== 'function') return false
      return (await load()).version !== used.version
    },
    secrets: () => (secret === undefined ? [] : [secret]),
  }
}
