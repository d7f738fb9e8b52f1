import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Platform } from './platforms/platform.js'

/** Where the quickstart works: a real endpoint by configuration, else a simulator. */
export interface Endpoint {
  /** What `registry.connectUnknown` checks and takes. */
  readonly config: {
    readonly type: string
    readonly endpoint: string
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
    const { template = usualTemplate, ...config } = readConfiguration(file)
    const { type } = config
    if (typeof type !== 'string' || !platforms.some((platform) => platform.type === type)) {
      const asked = platforms.map(({ type }) => `'${type}'`).join(' or ')
      throw new Error(`${file} holds an endpoint of type '${type}', not ${asked}: change it, or move it aside`)
    }
    return { config: { endpoint: 'quickstart', ...config, type }, template: String(template) }
  }
  for (const platform of platforms) {
    const endpoint = platform.fromEnvironment(environment)
    if (endpoint) return endpoint
  }
  return undefined
}

/** Where the endpoint is, for people: what a configuration says as `url`, or as `host` and `port`. */
export function addressOf({ url, host, port }: Endpoint['config']): string {
  return typeof url === 'string' ? url : `https://${host}${port === undefined ? '' : `:${port}`}`
}

function readConfiguration(file: string): Readonly<Record<string, unknown>> {
  const remedy = "write { type, url, auth, template? } into it, as the README's quickstart shows, or move it aside"
  if (!existsSync(file)) throw new Error(`${file} is named by DCM_CONFIG, and is not there: ${remedy}`)
  let read: unknown
  try {
    read = JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    // Without the parser's words, which show a piece of the file: it may hold a secret.
    throw new Error(`${file} is no JSON: ${remedy}`)
  }
  if (typeof read !== 'object' || read === null) throw new Error(`${file} holds no object: ${remedy}`)
  return { ...read }
}
