import type { AdapterContext } from '../../adapter.js'
import { HypervisorError } from '../../errors/hypervisor-error.js'
import type { Capabilities, ConnectionReport } from '../../model/capabilities.js'
import { gib, mib } from '../../units.js'
import type { NativeRight } from '../platform/native-types.js'
import type { Connection } from './connection.js'
import { memoryFacets } from './facets/facets.js'

const rights: readonly NativeRight[] = ['look', 'build', 'power', 'remove']

/** Who we are and what we may do. PERMISSION_DENIED names every right that is missing. One native call and a login. */
export async function testConnection(connection: Connection, { signal }: AdapterContext): Promise<ConnectionReport> {
  const about = await connection.call('about', {}, signal)
  const missing = rights.filter((right) => !about.rights.includes(right))
  if (missing.length > 0) {
    const message = `'${about.user}' lacks the rights ${missing.join(', ')}; give them to the account`
    throw new HypervisorError('PERMISSION_DENIED', message, {
      endpoint: connection.endpoint,
      details: { missing: missing.map((privilege) => ({ privilege, on: about.site })) },
    })
  }
  const { product, version, serial, user } = about
  return { product, version, platformIdentity: serial, principal: user, trust: 'system', warnings: [] }
}

export async function capabilities(connection: Connection, { signal }: AdapterContext): Promise<Capabilities> {
  const { product, version, serial, lacks } = await connection.call('about', {}, signal)
  return {
    product,
    version,
    platformIdentity: serial,
    facets: memoryFacets.filter((facet) => !lacks.includes(facet)),
    missingFacets: Object.fromEntries(lacks.map((facet) => [facet, `this site has no licence for '${facet}'`])),
    create: {
      sources: ['template', 'blank', 'image'],
      cloneModes: ['full', 'linked'],
      customization: ['hostname', 'user', 'password', 'ssh-keys', 'ip', 'dns', 'user-data'],
      idempotency: {
        claim: 'atomic',
        means: 'the platform gives a claim, chosen by the client, to one living VM of a site at most',
      },
    },
    gracefulStop: 'agent',
    keepDisks: true,
    naming: {
      vmNamePattern: '^[^\\p{Cc}]+$',
      vmNamePatternSays: 'must be one line of text',
      vmNameMaxLength: 80,
      vmNameUnique: 'nowhere',
      tagPattern: '^[a-z0-9][a-z0-9-]{0,30}$',
      tagPatternSays: 'must be at most 31 small letters, digits and hyphens, the first no hyphen',
      descriptionMaxLength: 1000,
    },
    granularity: { memoryBytes: mib(1), diskBytes: mib(1) },
    limits: { maxCpus: 64, maxMemoryBytes: gib(4096), maxDisks: 16, maxNics: 8 },
    lists: { source: 'live' },
  }
}
