import type { Problem } from '../errors/error-codes.js'
import type { AnyPlugin } from '../plugin.js'
import { checkValue, invalidArgument } from '../schema/check.js'
import { didYouMean } from '../schema/nearest.js'

/** A configuration that was checked, with its plugin. */
export interface ReadConfig<P extends AnyPlugin> {
  readonly plugin: P
  readonly endpoint: string
  /** The plugin's own part. */
  readonly config: object
}

const subject = 'the configuration'

/** Finds the plugin and checks the rest with its schema. Throws INVALID_ARGUMENT with every problem. */
export async function readConfig<P extends AnyPlugin>(plugins: readonly P[], config: unknown): Promise<ReadConfig<P>> {
  if (typeof config !== 'object' || config === null || Array.isArray(config)) {
    throw invalidArgument(subject, [{ path: '', message: 'must be an object with type, endpoint and more' }])
  }
  const { type, endpoint, ...own }: { type?: unknown; endpoint?: unknown } = config
  const problems: Problem[] = []
  const plugin = plugins.find((candidate) => candidate.type === type)
  if (!plugin) problems.push({ path: 'type', message: unknownType(plugins, type) })
  const named = typeof endpoint === 'string' && /^[^\p{Cc}]{1,200}$/u.test(endpoint)
  if (!named) {
    const message = 'must be a name of your choice for this endpoint: a text of 1 to 200 characters in one line'
    problems.push({ path: 'endpoint', message })
  }
  const checked = plugin && (await checkValue(plugin.configSchema, own))
  problems.push(...(checked?.problems ?? []))
  if (!plugin || !checked || checked.problems || !named) throw invalidArgument(subject, problems)
  return { plugin, endpoint, config: checked.value }
}

function unknownType(plugins: readonly AnyPlugin[], type: unknown): string {
  const types = plugins.map((plugin) => plugin.type)
  const hint = typeof type === 'string' ? didYouMean(type, types) : ''
  return `must be ${types.map((known) => `'${known}'`).join(' or ') || 'the type of a plugin, but there is none'}${hint}`
}
