import { join } from 'node:path'
import { usualTemplate } from '../endpoint.js'
import { idleExitMs, type Platform } from './platform.js'

export const proxmoxPlatform: Platform = {
  type: 'proxmox',

  fromEnvironment({ PVE_URL: url, PVE_TOKEN_ID: tokenId, PVE_FINGERPRINT: fingerprint256, PVE_TEMPLATE }) {
    if (url === undefined) return undefined
    if (!tokenId) throw new Error("PVE_URL is set and PVE_TOKEN_ID is not: set it to 'user@realm!name', the token's id")
    return {
      config: {
        type: 'proxmox',
        endpoint: 'quickstart',
        url,
        auth: { tokenId, secret: { secretRef: 'env:PVE_TOKEN' } },
        ...(fingerprint256 !== undefined && { fingerprint256 }),
      },
      template: PVE_TEMPLATE ?? usualTemplate,
    }
  },

  async simulate(folder) {
    const { attachProxmoxSimulatorProcess, startProxmoxSimulatorProcess } = await import('@dcm/proxmox/simulator')
    const stateFile = join(folder, 'proxmox.simulator.json')
    const simulator =
      (await attachProxmoxSimulatorProcess(stateFile)) ??
      (await startProxmoxSimulatorProcess({ stateFile, detached: true, idleExitMs, timing: { taskFactor: 0.6 } }))
    const { url, fingerprint256, credentials } = simulator
    return {
      config: {
        type: 'proxmox',
        endpoint: 'quickstart',
        url,
        fingerprint256,
        auth: { tokenId: credentials.tokenId, secret: { secretValue: credentials.tokenSecret } },
      },
      template: usualTemplate,
      close: () => simulator.close(),
    }
  },
}
