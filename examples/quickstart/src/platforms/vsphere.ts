import { join } from 'node:path'
import { usualTemplate } from '../endpoint.js'
import { idleExitMs, type Platform } from './platform.js'

export const vspherePlatform: Platform = {
  type: 'vsphere',

  fromEnvironment({ VSPHERE_URL: url, VSPHERE_USER: username, VSPHERE_FINGERPRINT256, VSPHERE_TEMPLATE }) {
    if (url === undefined) return undefined
    if (!username) throw new Error("VSPHERE_URL is set and VSPHERE_USER is not: set it to 'user@vsphere.local'")
    return {
      config: {
        type: 'vsphere',
        endpoint: 'quickstart',
        url,
        auth: { username, password: { secretRef: 'env:VSPHERE_PASSWORD' } },
        ...(VSPHERE_FINGERPRINT256 !== undefined && { fingerprint256: VSPHERE_FINGERPRINT256 }),
      },
      template: VSPHERE_TEMPLATE ?? usualTemplate,
    }
  },

  async simulate(folder) {
    const { attachVsphereSimulatorProcess, startVsphereSimulatorProcess } = await import('@dcm/vsphere/simulator')
    const stateFile = join(folder, 'vsphere.simulator.json')
    const simulator =
      (await attachVsphereSimulatorProcess(stateFile)) ??
      (await startVsphereSimulatorProcess({ stateFile, detached: true, idleExitMs, speed: 2 }))
    const { url, fingerprint256, credentials } = simulator
    return {
      config: {
        type: 'vsphere',
        endpoint: 'quickstart',
        url,
        fingerprint256,
        auth: { username: credentials.username, password: { secretValue: credentials.password } },
      },
      template: usualTemplate,
      close: () => simulator.close(),
    }
  },
}
