import type { LoopbackReply } from '@dcm/wire/loopback'
import { librariesOf } from '../libraries/library-store.js'
import type { World } from '../world/world.js'
import type { RestCall } from './rest-call.js'
import { jsonReply } from './rest-reply.js'

/** Creates something and answers with its id; a client token that was used for it already gives that id again. */
export function createOnce(world: World, what: string, { query }: RestCall, create: () => string): LoopbackReply {
  const token = query.get('client_token')
  if (token === null) return jsonReply(201, create())
  const { created } = librariesOf(world)
  const key = `${what} ${token}`
  const id = created.get(key) ?? create()
  created.set(key, id)
  return jsonReply(201, id)
}
