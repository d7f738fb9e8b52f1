import { createHash, timingSafeEqual } from 'node:crypto'
import type { LoopbackServer } from '../loopback-server.js'
import type { LoopbackHandler, LoopbackReply, LoopbackRequest } from '../messages.js'
import { controlHeader, controlPrefix } from './protocol.js'
import { readTransportFault, type TransportFault } from './transport-fault.js'

/** What the door steers. */
export interface Steered {
  readonly server: Pick<LoopbackServer, 'requests' | 'faults'>
  /** What the platform itself holds, as JSON. */
  state(): unknown
  /** Puts a fault of the platform in place; its answer, if any, is JSON. The value is what the process handle sent. */
  fault(value: unknown): unknown
  /** Takes every fault back, those of the transport included. */
  clearFaults(): void
  shutdown(): void
}

/** A simulator's own door, beside the platform's API: native state, faults, request log, shutdown. */
export function createControlDoor(
  token: string,
  steered: () => Steered,
): { readonly prefix: string; readonly handler: LoopbackHandler } {
  return {
    prefix: controlPrefix,
    async handler(request) {
      const given = request.headers[controlHeader]
      if (typeof given !== 'string' || !isSame(token, given)) {
        return reply(403, { error: `send the control token in the ${controlHeader} header` })
      }
      try {
        return route(request, steered())
      } catch (error) {
        return reply(400, { error: error instanceof Error ? error.message : String(error) })
      }
    },
  }
}

function route(request: LoopbackRequest, steered: Steered): LoopbackReply {
  const { requests, faults } = steered.server
  switch (`${request.method} ${request.path.slice(controlPrefix.length)}`) {
    case 'GET state':
      return reply(200, steered.state())
    case 'GET requests':
      return reply(200, {
        entries: requests.entries(),
        connectionsAtOnce: requests.connectionsAtOnce(),
        concurrency: requests.requestsAtOnce(),
      })
    case 'DELETE requests':
      requests.clear()
      return reply(200, {})
    case 'POST faults':
      return reply(200, steered.fault(JSON.parse(request.body.toString('utf8'))) ?? {})
    case 'POST transport-faults':
      // The door is for our own process handle, which is typed.
      faults.add(readTransportFault(JSON.parse(request.body.toString('utf8')) as TransportFault))
      return reply(200, {})
    case 'DELETE faults':
      steered.clearFaults()
      return reply(200, {})
    case 'POST shutdown':
      setImmediate(() => steered.shutdown())
      return { ...reply(200, {}), close: true }
    default:
      return reply(404, { error: `the control door knows no ${request.method} ${request.path}` })
  }
}

function reply(status: number, body: unknown): LoopbackReply {
  return { status, headers: [['Content-Type', 'application/json']], body: JSON.stringify(body) }
}

function isSame(expected: string, given: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(expected), digest(given))
}
