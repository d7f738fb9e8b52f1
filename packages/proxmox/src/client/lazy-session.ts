import type { Session } from './session.js'
import { singleFlight } from './single-flight.js'

/** A session whose code is loaded when the first call wants credentials. */
export function createLazySession(load: () => Promise<Session>): Session {
  let session: Session | undefined
  const loaded = singleFlight(async () => {
    session ??= await load()
    return session
  })
  return {
    authorize: () => (session === undefined ? loaded().then((ready) => ready.authorize()) : session.authorize()),
    refused: async (authorization, reason) => (await loaded()).refused(authorization, reason),
    secrets: () => session?.secrets() ?? [],
  }
}
