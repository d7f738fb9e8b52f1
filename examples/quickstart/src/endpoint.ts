import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Platform } from './platforms/platform.js'

/** Where the quickstart works: a real endpoint by configuration, else a simulator. */
export interface Endpoint {
  /** What `registry.connectUnknown` checks and takes. */
  readonly config: {
    readonly type: string
    readonly endpoint: string
    readonly url: string
    readonly [key: string]: unknown
  }
  /** Name of the template to clone. */
  readonly template: string
}

/** The template of both simulators, and what is looked for where no other is named. */
export const usualTemplate = 'debian-13-cloud'

/**
 * The first real endpoint of one of `platforms` that is configured: in the JSON file that `DCM_CONFIG` names, in
 * `quickstart.config.json` of `folder`, or by variables of the environment. Undefined when there is none.
 */
export function configuredEndpoint(
  platforms: readonly Platform[],
  environment: NodeJS.ProcessEnv,
  folder: string,
): Endpoint | undefined {
  const file = environment.DCM_CONFIG ?? join(folder, 'quickstart.config.json')
  if (environment.DCM_CONFIG !== undefined || existsSync(file)) {
    const { template = usualTemplate, ...config } = JSON.parse(readFileSync(file, 'utf8'))
    if (!platforms.some(({ type }) => type === config.type)) {
      const asked = platforms.map(({ type }) => `'${type}'`).join(' or ')
      throw new Error(`${file} holds an endpoint of type '${config.type}', not ${asked}: change it, or move it aside`)
    }
    return { config: { endpoint: 'quickstart', ...config }, template }
  }
  for (const platform of platforms) {
    const endpoint = platform.fromEnvironment(environment)
    if (endpoint) return endpoint
  }
  return undefined
}
