/** What a call of this client fails with. */
export class AcmeError extends Error {
  override readonly name = 'AcmeError'
}

/** The vendor's API, typed: a method for each call. */
export interface AcmeClient {
  /** One call. Rejects with AcmeError. */
  get(path: string, signal: AbortSignal): Promise<unknown>
  close(): Promise<void>
}

export function createAcmeClient(base: string, token: (signal: AbortSignal) => Promise<string>): AcmeClient {
  return {
    async get(path, signal) {
      const headers = { authorization: `Bearer ${await token(signal)}` }
      const answer = await fetch(new URL(path, base), { headers, signal })
      if (!answer.ok) throw new AcmeError(`GET ${path} was answered with HTTP ${answer.status}`)
      return answer.json()
    },
    close: async () => {},
  }
}
