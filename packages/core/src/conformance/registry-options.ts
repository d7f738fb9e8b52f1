import { HypervisorError } from '../errors/hypervisor-error.js'
import type { Json } from '../json.js'
import type { Logger } from '../plugin.js'
import type { RegistryOptions } from '../registry/registry.js'
import { Secret } from '../secrets/secret.js'
import type { ConnectRequest } from './harness.js'

/**
 * What a harness gives to `createRegistry` for a request of the kit: who overhears log and audit, how wide the lanes are,
 * and where secret references (`kit:<name>`) lead.
 */
export function registryOptionsFor(
  { overhear, lanes }: ConnectRequest,
  secrets: Readonly<Record<string, string>> = {},
): RegistryOptions {
  // What is logged and audited is plain data by its type; the copy is what a log file would hold.
  const hear = (said: unknown) => overhear?.(JSON.parse(JSON.stringify(said)) as Json)
  const log = (message: string, facts?: object) => hear(facts === undefined ? { message } : { message, facts })
  const logger: Logger = { debug: log, info: log, warn: log, error: log }
  return {
    logger,
    audit: hear,
    ...(lanes && { limits: lanes }),
    secrets: {
      async resolve(reference) {
        const secret = reference.startsWith('kit:') ? secrets[reference.slice('kit:'.length)] : undefined
        if (secret !== undefined) return new Secret(secret)
        throw new HypervisorError('NOT_FOUND', `the harness knows no secret '${reference}'; name it in its secrets`)
      },
    },
  }
}
