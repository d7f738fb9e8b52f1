import { type Capabilities, mib } from '@dcm/core'
import { descriptionMaxLength } from './map-description.js'
import { tagPattern, tagPatternSays } from './map-tags.js'
import type { Platform } from './platform.js'

/** VM names: labels of letters, digits and hyphens, joined by dots. */
export const vmNamePattern =
  '^[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*$'
export const vmNamePatternSays =
  'must be a DNS name: letters, digits and hyphens, in labels parted by dots that neither begin nor end with a hyphen'
/** The platform sets no limit of its own; the name becomes the guest's host name, which has one. */
export const vmNameMaxLength = 63

/** What this endpoint can do. Costs GET /version, once, and what the identity costs, once. */
export async function readCapabilities(platform: Platform): Promise<Capabilities> {
  const [version, platformIdentity] = await Promise.all([platform.api.version(), platform.identity()])
  return {
    product: 'Proxmox VE',
    version: version.version,
    platformIdentity,
    facets: [],
    missingFacets: {},
    create: {
      sources: ['template', 'blank', 'image'],
      cloneModes: ['full', 'linked'],
      customization: ['user', 'password', 'ssh-keys', 'ip', 'dns'],
      idempotency: {
        claim: 'best-effort',
        means:
          'vmids are tried in an order derived from the key, and a vmid can be created only once; where another VM takes or frees an earlier id between two looks, the two creations find each other afterwards and one gives way. Give an operation store to exclude the race',
      },
    },
    gracefulStop: 'acpi',
    keepDisks: false,
    naming: {
      vmNamePattern,
      vmNamePatternSays,
      vmNameMaxLength,
      vmNameUnique: 'nowhere',
      tagPattern,
      tagPatternSays,
      descriptionMaxLength,
    },
    granularity: { memoryBytes: mib(1), diskBytes: mib(1) },
    limits: { maxDisks: 31, maxNics: 32 },
    lists: { source: 'cache', lagMs: 10_000 },
  }
}
