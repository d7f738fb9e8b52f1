import { expect } from 'vitest'
import {
  createVsphereClient,
  type VsphereClient,
  type VsphereClientOptions,
  VsphereError,
} from '../../src/client/index.js'
import {
  startVsphereSimulator,
  type VsphereSimulator,
  type VsphereSimulatorOptions,
} from '../../src/simulator/index.js'

export interface Stage {
  readonly simulator: VsphereSimulator
  /** A client of the simulator, closed by `clearStage`. */
  connect(options?: Partial<VsphereClientOptions>): VsphereClient
  /** Takes faults back, closes the clients, and finds no session at the server. */
  clear(): Promise<void>
  close(): Promise<void>
}

/** One simulator for all tests of a file. */
export async function openStage(options: VsphereSimulatorOptions = {}): Promise<Stage> {
  const simulator = await startVsphereSimulator({ speed: 200, ...options })
  const clients: VsphereClient[] = []
  return {
    simulator,
    connect(more = {}) {
      const { url, fingerprint256, credentials: auth } = simulator
      const client = createVsphereClient({ url, fingerprint256, auth, ...more })
      clients.push(client)
      return client
    },
    async clear() {
      simulator.faults.clear()
      await Promise.all(clients.splice(0).map((client) => client.close()))
      expect(simulator.sessions()).toEqual([])
      simulator.requests.clear()
    },
    close: () => simulator.close(),
  }
}

export async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = []
  for await (const item of items) all.push(item)
  return all
}

/** The error that a promise is rejected with, which has to be the client's own. */
export async function failure(promise: Promise<unknown>): Promise<VsphereError> {
  const thrown = await promise.then(
    () => undefined,
    (error: unknown) => error,
  )
  if (VsphereError.isInstance(thrown)) return thrown
  throw new Error(`not a VsphereError: ${String(thrown)}`, { cause: thrown })
}
