import type { LoopbackReply, LoopbackRequest, LoopbackServer } from '@dcm/wire/loopback'
import { sameText } from '../access/totp.js'
import { CONTROL_PREFIX, type SimulatorFaults } from '../faults/fault-switches.js'
import type { PlatformFault } from '../faults/platform-faults.js'
import { nativeTasks, nativeVms, nativeVolumes } from '../native-state.js'
import type { World } from '../world.js'
import { readTransportFault } from './transport-fault.js'

export interface ControlParts {
  readonly world: World
  readonly server: () => LoopbackServer
  readonly faults: () => SimulatorFaults
  readonly token: string
  readonly shutdown: () => void
}

export const CONTROL_HEADER = 'x-simulator-control'

export function isControl(request: LoopbackRequest): boolean {
  return request.path.startsWith(CONTROL_PREFIX)
}

/** The simulator's own door, beside the platform's API: native state, faults, request log, shutdown. */
export function answerControl(request: LoopbackRequest, parts: ControlParts): LoopbackReply {
  const given = request.headers[CONTROL_HEADER]
  if (typeof given !== 'string' || !sameText(parts.token, given)) {
    return reply(403, { error: `send the control token in the ${CONTROL_HEADER} header` })
  }
  try {
    return route(request, parts)
  } catch (error) {
    return reply(400, { error: error instanceof Error ? error.message : String(error) })
  }
}

function route(request: LoopbackRequest, parts: ControlParts): LoopbackReply {
  const { world } = parts
  switch (`${request.method} ${request.path.slice(CONTROL_PREFIX.length)}`) {
    case 'GET state':
      return reply(200, { vms: nativeVms(world), volumes: nativeVolumes(world), tasks: nativeTasks(world) })
    case 'GET requests': {
      const entries = parts.server().requests.entries()
      return reply(200, {
        entries: entries.filter((entry) => !entry.path.startsWith(CONTROL_PREFIX)),
        connections: parts.server().requests.connections(),
      })
    }
    case 'DELETE requests':
      parts.server().requests.clear()
      return reply(200, {})
    case 'POST faults':
      // The door is for our own process handle, which is typed; a fault of unknown type has no effect.
      parts.faults().apply(JSON.parse(request.body.toString('utf8')) as PlatformFault)
      return reply(200, {})
    case 'POST transport-faults':
      parts.faults().add(readTransportFault(JSON.parse(request.body.toString('utf8'))))
      return reply(200, {})
    case 'DELETE faults':
      parts.faults().clear()
      return reply(200, {})
    case 'POST shutdown':
      setImmediate(parts.shutdown)
      return { ...reply(200, {}), close: true }
    default:
      return reply(404, { error: `the control door knows no ${request.method} ${request.path}` })
  }
}

function reply(status: number, body: unknown): LoopbackReply {
  return { status, headers: [['Content-Type', 'application/json']], body: JSON.stringify(body) }
}
