/** Credentials for one request. `version` tells whether they were replaced meanwhile. */
export interface Authorization {
  readonly version: number
  readonly readHeaders: Readonly<Record<string, string>>
  readonly writeHeaders: Readonly<Record<string, string>>
}

/** Who we are at the endpoint: an API token or a ticket that is renewed. */
export interface Session {
  /** Credentials for the next request; signs in where needed. At once when nothing has to be done. */
  authorize(): Authorization | Promise<Authorization>
  /** Told of a 401 and its reason phrase. True when other credentials are at hand now: send once more, not twice. */
  refused(authorization: Authorization, reason: string): Promise<boolean>
  /** Values that must never be printed. */
  secrets(): readonly string[]
}
