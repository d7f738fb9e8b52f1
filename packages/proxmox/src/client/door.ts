import { untilAborted } from './abort.js'
import { checkTimeout } from './check-options.js'
import type { NativeRequest, NativeResponse, Sender } from './sender.js'
import type { Authorization, Session } from './session.js'

/** Sends with credentials. */
export type Door = (request: NativeRequest) => Promise<NativeResponse>

/**
 * Puts credentials on every request. After a 401 that other credentials may cure, the request is sent once more: a 401
 * means that nothing was done, so that holds for writes too. Bodies that stream are sent once.
 */
export function createDoor(sender: Sender, session: Session): Door {
  return async (request) => {
    checkTimeout(request.timeoutMs, request.operation)
    const ready = session.authorize()
    const authorization = ready instanceof Promise ? await untilAborted(ready, request.signal) : ready
    const response = await sender.send(authorized(request, authorization))
    if (response.status !== 401 || isStream(request.body)) return response
    const renewed = await untilAborted(session.refused(authorization, response.statusText), request.signal)
    if (!renewed) return response
    await response.text()
    return sender.send(authorized(request, await session.authorize()))
  }
}

function authorized(request: NativeRequest, authorization: Authorization): NativeRequest {
  const headers = request.method === 'GET' ? authorization.readHeaders : authorization.writeHeaders
  return { ...request, headers: { ...request.headers, ...headers } }
}

function isStream(body: NativeRequest['body']): boolean {
  return typeof body === 'object' && !(body instanceof Uint8Array)
}
