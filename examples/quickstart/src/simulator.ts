import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { attachProxmoxSimulatorProcess, startProxmoxSimulatorProcess } from '@dcm/proxmox/simulator'
import type { Endpoint } from './endpoint.js'

/**
 * The built-in simulator as a process of its own, so that it lives on when this one is killed, as a hypervisor would.
 * One that an earlier run left is found by its state file; left alone, it ends by itself after ten minutes.
 */
export async function simulatedEndpoint(folder: string): Promise<Endpoint & { close(): Promise<void> }> {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const stateFile = join(folder, 'simulator.json')
  const simulator =
    (await attachProxmoxSimulatorProcess(stateFile)) ??
    (await startProxmoxSimulatorProcess({
      stateFile,
      detached: true,
      idleExitMs: 600_000,
      timing: { taskFactor: 0.6 },
    }))
  const { tokenId, tokenSecret } = simulator.credentials
  return {
    config: {
      type: 'proxmox',
      endpoint: 'quickstart',
      url: simulator.url,
      fingerprint256: simulator.fingerprint256,
      auth: { tokenId, secret: { secretValue: tokenSecret } },
    },
    url: simulator.url,
    template: 'debian-13-cloud',
    simulated: true,
    close: () => simulator.close(),
  }
}
