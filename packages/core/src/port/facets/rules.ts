import type { FacetName, FacetOperations, FacetReads, InputOf } from '../../model/facets/facets.js'
import type { GuestLogin } from '../../model/facets/guest.js'
import type { MetricName } from '../../model/facets/metrics.js'
import type { VmRef } from '../../model/references.js'
import { array, object, oneOf, optional, variants } from '../../schema/composites.js'
import { boolean, choice, integer, string } from '../../schema/scalars.js'
import { refine, type Schema } from '../../schema/schema.js'
import { secretInput } from '../../schema/secret-input.js'
import { bytes, card, disk, line, reference } from '../spec-schema.js'

/** A schema for the input of each method of each facet. */
export type FacetRules = {
  readonly [K in FacetName]: {
    readonly reads: { readonly [M in keyof FacetReads[K]]: Schema<InputOf<FacetReads[K][M]>> }
    readonly operations: { readonly [M in keyof FacetOperations[K]]: Schema<InputOf<FacetOperations[K][M]>> }
  }
}

const text: Schema<string> = string({ minLength: 0, maxLength: 65_536 })
const key: Schema<string> = string({ maxLength: 256 })
/** Of a program's argument or a file's path: no NUL, everything else is the guest's to judge. */
const word: Schema<string> = refine(string({ minLength: 0, maxLength: 2048 }), (value) =>
  value.includes('\0') ? 'must not hold a NUL character' : undefined,
)
const path: Schema<string> = refine(word, (value) => (value === '' ? 'must not be empty' : undefined))

const time: Schema<string> = refine(string({ maxLength: 64 }), (value) =>
  Number.isNaN(Date.parse(value)) ? "must be an ISO time, as '2026-01-31T12:00:00Z'" : undefined,
)

const login: Schema<GuestLogin> = object({ userName: line, password: secretInput() })

const largestFile = 1_048_576

const base64: Schema<string> = refine(string({ minLength: 0 }), (value) => {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(value) || value.length % 4 !== 0) return 'must be base64 with its padding'
  return Buffer.byteLength(value, 'base64') > largestFile ? `must be at most ${largestFile} bytes` : undefined
})

const metric: Schema<MetricName> = choice(
  'cpu.usage',
  'memory.used',
  'disk.read',
  'disk.write',
  'network.received',
  'network.sent',
)

const webAddress: Schema<string> = refine(string({ maxLength: 2048 }), (value) => {
  const url = URL.canParse(value) ? new URL(value) : undefined
  if (!url || !['http:', 'https:'].includes(url.protocol)) return 'must be an http or https address'
  return url.username || url.password ? 'must not hold a user or password: they would stand in handles' : undefined
})

/** The rules for VMs of this endpoint. */
export function facetRules(endpoint: string): FacetRules {
  const ref: Schema<VmRef> = refine(
    object({ endpoint: string(), id: string(), locator: optional(string()), incarnation: optional(string()) }),
    (given) =>
      given.endpoint === endpoint ? undefined : `is of another endpoint: this port is connected to '${endpoint}'`,
  )
  const changes = refine(
    object({
      ref,
      name: optional(line),
      description: optional(text),
      cpus: optional(integer({ min: 1, max: 4096 })),
      memoryBytes: optional(bytes),
    }),
    (given) => (Object.keys(given).length > 1 ? undefined : 'names nothing to change'),
  )
  const none = object({})
  return {
    snapshots: {
      reads: { list: object({ ref }) },
      operations: {
        create: object({
          ref,
          name: line,
          description: optional(string({ minLength: 0, maxLength: 1024 })),
          memory: optional(boolean()),
          quiesce: optional(boolean()),
        }),
        revert: object({ ref, snapshot: key }),
        delete: object({ ref, snapshot: key, children: optional(boolean()) }),
      },
    },
    reconfigure: { reads: { preview: changes }, operations: { apply: changes } },
    disks: {
      reads: {},
      operations: {
        attach: object({ ref, disk: oneOf(disk, object({ path: line })) }),
        grow: object({ ref, key, sizeBytes: bytes }),
        detach: object({ ref, key, delete: optional(boolean()) }),
      },
    },
    nics: {
      reads: {},
      operations: {
        add: object({ ref, nic: object(card) }),
        change: object({
          ref,
          key,
          network: optional(reference),
          vlanId: optional(integer({ min: 0, max: 4094 })),
          connected: optional(boolean()),
        }),
        remove: object({ ref, key }),
      },
    },
    suspend: { reads: {}, operations: { suspend: object({ ref, to: choice('disk', 'memory') }) } },
    reset: { reads: {}, operations: { reset: object({ ref }) } },
    clone: {
      reads: {},
      operations: {
        clone: object({
          ref,
          name: line,
          mode: optional(choice('full', 'linked', 'instant')),
          snapshot: optional(key),
          placement: optional(
            object({ host: optional(reference), datastore: optional(reference), resourcePool: optional(reference) }),
          ),
        }),
      },
    },
    migrate: {
      reads: {},
      operations: {
        migrate: refine(object({ ref, host: optional(reference), datastore: optional(reference) }), (given) =>
          given.host || given.datastore ? undefined : 'names neither a host nor a datastore to go to',
        ),
      },
    },
    console: { reads: { open: object({ ref, kind: choice('screen', 'serial') }) }, operations: {} },
    guest: {
      reads: {
        info: object({ ref }),
        readFile: object({
          ref,
          path,
          maxBytes: optional(integer({ min: 1, max: largestFile })),
          login: optional(login),
        }),
        writeFile: object({ ref, path, dataBase64: base64, login: optional(login) }),
      },
      operations: {
        exec: object({
          ref,
          command: array(word, { minLength: 1, maxLength: 256 }),
          limitMs: optional(integer({ min: 1, max: 86_400_000 })),
          login: optional(login),
        }),
      },
    },
    tags: {
      reads: { list: none },
      operations: { set: object({ ref, tags: array(line, { maxLength: 256 }) }) },
    },
    metrics: {
      reads: {
        query: object({
          target: oneOf(object({ vm: ref }), object({ host: line })),
          metrics: array(metric, { minLength: 1, maxLength: 6 }),
          from: optional(time),
          to: optional(time),
        }),
      },
      operations: {},
    },
    events: { reads: { next: object({ cursor: optional(string({ maxLength: 4096 })) }) }, operations: {} },
    images: {
      reads: { list: none },
      operations: {
        upload: object({
          name: line,
          datastore: reference,
          source: variants('from', {
            url: object({
              from: choice('url'),
              url: webAddress,
              sha256: optional(string({ pattern: /^[0-9a-f]{64}$/i, patternSays: 'must be 64 hex digits' })),
            }),
            file: object({ from: choice('file'), path }),
          }),
        }),
        delete: object({ image: reference }),
      },
    },
    templates: {
      reads: {},
      operations: {
        fromVm: object({ ref }),
        toVm: object({ template: reference }),
        delete: object({ template: reference }),
      },
    },
    folders: {
      reads: { list: none },
      operations: {
        create: object({ name: line, parent: optional(reference) }),
        move: object({ ref, folder: reference }),
        delete: object({ folder: reference }),
      },
    },
  }
}
