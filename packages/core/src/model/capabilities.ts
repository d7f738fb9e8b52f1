import type { FacetName } from './facets/facets.js'
import type { CloneMode } from './provision.js'

/** What this endpoint can do, with this version, licence and these rights. Plain JSON, equal over two calls. */
export interface Capabilities {
  readonly product: string
  readonly version: string
  /** What the platform says of itself (cluster name, vCenter uuid, serials): the same whatever the endpoint is called here. */
  readonly platformIdentity: string
  /** Facets that work here. */
  readonly facets: readonly FacetName[]
  /** Why a facet of the plugin's manifest does not work here. */
  readonly missingFacets: { readonly [K in FacetName]?: string }
  readonly create: {
    readonly sources: readonly ('template' | 'blank' | 'image')[]
    readonly cloneModes: readonly CloneMode[]
    readonly customization: readonly ('hostname' | 'user' | 'password' | 'ssh-keys' | 'ip' | 'dns' | 'user-data')[]
    readonly idempotency: {
      /** `atomic`: of two racing creations with one key the platform itself lets one win. */
      readonly claim: 'atomic' | 'best-effort'
      /** What wins the race, and where it does not cover one. */
      readonly means: string
    }
  }
  /** Which road asks a guest to stop. */
  readonly gracefulStop: 'agent' | 'acpi' | 'none'
  /** Can a VM be deleted and its disks be kept? */
  readonly keepDisks: boolean
  readonly naming: {
    /** A JavaScript regular expression, of the flag `u`, that VM names match. */
    readonly vmNamePattern: string
    /** What that demands in words, as 'must be letters and digits': it stands in the message of a refusal. */
    readonly vmNamePatternSays?: string
    readonly vmNameMaxLength: number
    /** Where a VM name is unique. */
    readonly vmNameUnique: 'nowhere' | 'folder' | 'host' | 'endpoint'
    /** A JavaScript regular expression, of the flag `u`, that tags match. */
    readonly tagPattern?: string
    /** As `vmNamePatternSays`, of tags. */
    readonly tagPatternSays?: string
    readonly descriptionMaxLength?: number
  }
  readonly granularity: {
    /** Memory sizes are multiples of this. */
    readonly memoryBytes: number
    /** Disk sizes are multiples of this. */
    readonly diskBytes: number
  }
  readonly limits: {
    readonly maxCpus?: number
    readonly maxMemoryBytes?: number
    readonly maxDisks?: number
    readonly maxNics?: number
  }
  readonly lists: {
    /** `cache`: list states lag behind by up to `lagMs`. */
    readonly source: 'live' | 'cache'
    readonly lagMs?: number
  }
}

/** What `testConnection` found out. */
export interface ConnectionReport {
  readonly product: string
  readonly version: string
  readonly platformIdentity: string
  /** As whom we are logged in. */
  readonly principal?: string
  /** How the server was recognised. */
  readonly trust: 'system' | 'ca' | 'fingerprint' | 'untrusted'
  /** What works but should be known, as an allowed untrusted certificate or a token without some right. */
  readonly warnings: readonly string[]
}
