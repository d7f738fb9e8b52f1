import { createRegistry, type HypervisorPort, type Json, unwrap } from '@dcm/core'
import { type ConformanceHarness, type ConnectRequest, registryOptionsFor } from '@dcm/core/conformance/run'
import { acme } from '../src/index.js'
import { startAcmeSimulator } from '../src/simulator/index.js'

export const moduleUrl: string = import.meta.url

const endpoint = 'acme-lab'
const tokens = { good: 'acme-good-token', wrong: 'acme-wrong-token', rightless: 'acme-rightless-token' }

/** A fresh simulator for each check, and what the kit must know of it. Add `vms`, `counts` and `faults` as they come. */
export async function createHarness(): Promise<ConformanceHarness> {
  const simulator = await startAcmeSimulator()
  return {
    endpoint,
    scenario: {
      spec: { source: { from: 'template', template: { name: 'debian' } } },
      name: (word) => `kit-${word}`,
      vmIds: [],
      templateNames: ['debian'],
      secrets: Object.values(tokens),
      listBudget: 1,
      socketBudget: 8,
    },
    connect: (request = {}) => connect(request.target === 'nobody' ? 'http://127.0.0.1:9' : simulator.url, request),
    attachment: { url: simulator.url },
    close: () => simulator.close(),
  }
}

/** The same endpoint, from another process: it gets only what `attachment` holds. */
export async function attachHarness(attachment: Json): Promise<Pick<ConformanceHarness, 'connect' | 'close'>> {
  const { url } = attachment as { readonly url: string }
  return { connect: (request = {}) => connect(url, request), close: async () => {} }
}

async function connect(url: string, request: ConnectRequest): Promise<HypervisorPort> {
  const token = { secretValue: tokens[request.credentials ?? 'good'] }
  return unwrap(
    await createRegistry([acme], registryOptionsFor(request)).connect({ type: 'acme', endpoint, url, token }),
  )
}
