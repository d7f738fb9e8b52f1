import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Where the quickstart works: a real endpoint by configuration, else the simulator. */
export interface Endpoint {
  /** What `registry.connectUnknown` checks and takes. */
  readonly config: { readonly type: string; readonly endpoint: string; readonly [key: string]: unknown }
  readonly url: string
  readonly template: string
  /** Set for the simulator. */
  readonly simulated: boolean
}

/**
 * A real endpoint from `DCM_CONFIG` (a JSON file) or `quickstart.config.json`, or from PVE_URL with PVE_TOKEN_ID and
 * PVE_TOKEN; undefined when nothing is configured.
 */
export function configuredEndpoint(environment: NodeJS.ProcessEnv, folder: string): Endpoint | undefined {
  const file = environment.DCM_CONFIG ?? join(folder, 'quickstart.config.json')
  if (environment.DCM_CONFIG !== undefined || existsSync(file)) {
    const { template = 'debian-13-cloud', ...config } = JSON.parse(readFileSync(file, 'utf8'))
    return { config: { endpoint: 'quickstart', ...config }, url: String(config.url), template, simulated: false }
  }
  const url = environment.PVE_URL
  if (url === undefined) return undefined
  const fingerprint = environment.PVE_FINGERPRINT
  const config = {
    type: 'proxmox',
    endpoint: 'quickstart',
    url,
    auth: { tokenId: environment.PVE_TOKEN_ID ?? '', secret: { secretRef: 'env:PVE_TOKEN' } },
    ...(fingerprint !== undefined && { fingerprint256: fingerprint }),
  }
  return { config, url, template: environment.PVE_TEMPLATE ?? 'debian-13-cloud', simulated: false }
}
