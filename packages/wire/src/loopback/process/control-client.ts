import { request } from 'node:https'
import type { LoggedRequest } from '../request-log.js'
import { controlHeader, controlPrefix, type SimulatorState } from './protocol.js'
import type { TransportFault } from './transport-fault.js'

/**
 * Steers a simulator in another process. `Native` is what its platform holds, `PlatformFault` what can be wrong there,
 * `Answer` what putting it in place tells.
 */
export interface SimulatorControl<Native, PlatformFault, Answer = void> {
  state(): Promise<Native>
  /** Requests to the platform's API, without those of this client. */
  requests(): Promise<readonly LoggedRequest[]>
  /** The most requests to the platform's API that were under way at once since `clearRequests`. */
  concurrency(): Promise<number>
  /** The most connections that were open at once since `clearRequests`, one of this client's own included. */
  connectionsAtOnce(): Promise<number>
  clearRequests(): Promise<void>
  fault(fault: PlatformFault): Promise<Answer>
  transportFault(fault: TransportFault): Promise<void>
  clearFaults(): Promise<void>
  shutdown(): Promise<void>
}

const patienceMs = 60_000

type Target = Pick<SimulatorState, 'port' | 'ca' | 'controlToken'>

/** What `GET requests` answers. */
interface Seen {
  readonly entries: readonly LoggedRequest[]
  readonly concurrency: number
  readonly connectionsAtOnce: number
}

export function createControlClient<Native, PlatformFault, Answer = void>(
  target: Target,
): SimulatorControl<Native, PlatformFault, Answer> {
  const send = (method: string, path: string, body?: unknown): Promise<unknown> => call(target, method, path, body)
  // The answers come from the same version of this package, at the other end of our own door.
  const seen = async (): Promise<Seen> => (await send('GET', 'requests')) as Seen
  return {
    state: async () => (await send('GET', 'state')) as Native,
    requests: async () => (await seen()).entries,
    concurrency: async () => (await seen()).concurrency,
    connectionsAtOnce: async () => (await seen()).connectionsAtOnce,
    clearRequests: async () => void (await send('DELETE', 'requests')),
    fault: async (fault) => (await send('POST', 'faults', fault)) as Answer,
    transportFault: async (fault) => void (await send('POST', 'transport-faults', fault)),
    clearFaults: async () => void (await send('DELETE', 'faults')),
    shutdown: async () => void (await send('POST', 'shutdown')),
  }
}

function call(target: Target, method: string, path: string, body: unknown): Promise<unknown> {
  const text = body === undefined ? undefined : JSON.stringify(body)
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        host: '127.0.0.1',
        port: target.port,
        method,
        path: `${controlPrefix}${path}`,
        ca: target.ca,
        agent: false,
        timeout: patienceMs,
        headers: {
          [controlHeader]: target.controlToken,
          ...(text === undefined ? {} : { 'content-length': Buffer.byteLength(text) }),
        },
      },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', reject)
        response.on('end', () => {
          const answer = Buffer.concat(chunks).toString('utf8')
          if (response.statusCode === 200) resolve(JSON.parse(answer))
          else reject(new Error(`the simulator refused ${method} ${path}: ${response.statusCode} ${answer}`))
        })
      },
    )
    outgoing.on('timeout', () => outgoing.destroy(new Error(`the simulator did not answer ${method} ${path}`)))
    outgoing.on('error', reject)
    outgoing.end(text)
  })
}
