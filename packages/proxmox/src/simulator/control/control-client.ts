import { request } from 'node:https'
import type { LoggedRequest } from '@dcm/wire/loopback'
import { CONTROL_PREFIX } from '../faults/fault-switches.js'
import type { PlatformFault } from '../faults/platform-faults.js'
import type { NativeState } from '../native-state.js'
import type { SimulatorStateFile } from '../process-protocol.js'
import { CONTROL_HEADER } from './control-endpoint.js'
import type { TransportFault } from './transport-fault.js'

/** Steers a simulator in another process. */
export interface ControlClient {
  state(): Promise<NativeState>
  /** Requests to the platform's API, without those of this client. */
  requests(): Promise<readonly LoggedRequest[]>
  clearRequests(): Promise<void>
  fault(fault: PlatformFault): Promise<void>
  transportFault(fault: TransportFault): Promise<void>
  clearFaults(): Promise<void>
  shutdown(): Promise<void>
}

const PATIENCE_MS = 10_000

type Target = Pick<SimulatorStateFile, 'port' | 'ca' | 'controlToken'>

export function createControlClient(target: Target): ControlClient {
  const send = (method: string, path: string, body?: unknown): Promise<unknown> => call(target, method, path, body)
  return {
    // The answers come from the same version of this package, at the other end of our own door.
    state: async () => (await send('GET', 'state')) as NativeState,
    requests: async () => ((await send('GET', 'requests')) as { readonly entries: readonly LoggedRequest[] }).entries,
    clearRequests: async () => void (await send('DELETE', 'requests')),
    fault: async (fault) => void (await send('POST', 'faults', fault)),
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
        path: `${CONTROL_PREFIX}${path}`,
        ca: target.ca,
        agent: false,
        timeout: PATIENCE_MS,
        headers: {
          [CONTROL_HEADER]: target.controlToken,
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
