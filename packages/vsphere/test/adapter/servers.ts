import { startVsphereSimulator, type VsphereSimulator } from '../../src/simulator/index.js'
import { startVcsim } from '../vcsim/start-vcsim.js'
import type { connectPort } from './connect-port.js'

/** A server that tests of both kinds of servers connect to. */
export type Server = Parameters<typeof connectPort>[0] & {
  close(): Promise<void>
  readonly simulator?: VsphereSimulator
}

export async function simulatorServer(
  product: 'vcenter' | 'esxi' = 'vcenter',
): Promise<Server & { readonly simulator: VsphereSimulator }> {
  const simulator = await startVsphereSimulator({ speed: 100, product })
  const { url, fingerprint256, credentials } = simulator
  return { simulator, url, fingerprint256, ...credentials, close: () => simulator.close() }
}

export async function vcsimServer(vms = 1): Promise<Server> {
  const vcsim = await startVcsim({ vms })
  const { url, thumbprint256: fingerprint256, userName: username, password } = vcsim
  return { url, fingerprint256, username, password, close: () => vcsim.close() }
}
