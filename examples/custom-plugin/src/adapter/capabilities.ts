import { type Capabilities, type ConnectionReport, HypervisorError, mib } from '@dcm/core'
import type { Appliance } from './appliance.js'

/** Who we are and what we may do. One call. */
export async function testConnection(appliance: Appliance, signal: AbortSignal): Promise<ConnectionReport> {
  const { product, version, serial, user, rights } = await appliance.about(signal)
  const missing = ['read', 'write'].filter((right) => !rights.includes(right))
  if (missing.length > 0) {
    const message = `the token of '${user}' lacks the rights ${missing.join(', ')}; give them to it`
    const details = { missing: missing.map((privilege) => ({ privilege })) }
    throw new HypervisorError('PERMISSION_DENIED', message, { endpoint: appliance.endpoint, details })
  }
  const warnings = ['a Pebble speaks plain HTTP: nothing proves that it is the right one']
  return { product, version, platformIdentity: serial, principal: user, trust: 'untrusted', warnings }
}

/** What this appliance can do. Core checks every input against it, so that no other file of the adapter has to. */
export async function capabilities(appliance: Appliance, signal: AbortSignal): Promise<Capabilities> {
  const { product, version, serial } = await appliance.about(signal)
  return {
    product,
    version,
    platformIdentity: serial,
    facets: [],
    missingFacets: {},
    create: {
      sources: ['template'],
      cloneModes: ['full'],
      customization: [],
      idempotency: {
        claim: 'atomic',
        means: 'a VM name is unique on the appliance; one key raced under two names at once is not covered',
      },
    },
    gracefulStop: 'acpi',
    keepDisks: false,
    naming: {
      vmNamePattern: '^[a-z][a-z0-9-]*$',
      vmNamePatternSays: 'must be small letters, digits and hyphens, the first a letter',
      vmNameMaxLength: 40,
      vmNameUnique: 'endpoint',
      descriptionMaxLength: 500,
    },
    granularity: { memoryBytes: mib(1), diskBytes: mib(1) },
    limits: { maxCpus: 16, maxMemoryBytes: mib(65_536), maxDisks: 1, maxNics: 1 },
    lists: { source: 'live' },
  }
}
