import { type Capabilities, mib } from '@dcm/core'
import { missingOnHost, vsphereFacets } from './facets/facets.js'
import type { Platform } from './platform.js'
import { tagPattern, tagPatternSays } from './tags/tag-text.js'

/** Any text without control characters, and not of blanks alone; slashes and the like are escaped on the way. */
const vmNamePattern = '^(?=.*\\S)[^\\u0000-\\u001f\\u007f]+$'

/** What this endpoint can do. Costs what its identity costs, once. */
export async function readCapabilities(platform: Platform): Promise<Capabilities> {
  const [{ product, version, isVcenter }, platformIdentity] = await Promise.all([platform.facts(), platform.identity()])
  return {
    product,
    version,
    platformIdentity,
    facets: vsphereFacets.filter((facet) => isVcenter || !Object.hasOwn(missingOnHost, facet)),
    missingFacets: isVcenter ? {} : missingOnHost,
    create: {
      // A bare host has no cloning: that is the vCenter's work.
      sources: isVcenter ? ['template', 'blank', 'image'] : ['blank', 'image'],
      cloneModes: isVcenter ? ['full', 'linked', 'instant'] : [],
      customization: isVcenter ? ['hostname', 'ip', 'dns', 'user-data'] : ['user-data'],
      idempotency: {
        claim: 'atomic',
        means:
          'a name is unique in its folder, so of two creations with one key and one name the platform lets one win; one key raced under two names is found by its instanceUuid only once the first VM is visible',
      },
    },
    gracefulStop: 'agent',
    keepDisks: true,
    naming: {
      vmNamePattern,
      vmNamePatternSays: 'must be one line of text with more than blanks in it',
      vmNameMaxLength: 80,
      vmNameUnique: 'folder',
      ...(isVcenter && { tagPattern, tagPatternSays }),
    },
    granularity: { memoryBytes: mib(4), diskBytes: mib(1) },
    limits: { maxDisks: 15, maxNics: 10 },
    lists: { source: 'live' },
  }
}
