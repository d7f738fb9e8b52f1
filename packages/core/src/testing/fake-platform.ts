import type { AdapterContext, HypervisorAdapter } from '../adapter.js'
import { HypervisorError } from '../errors/hypervisor-error.js'
import type { JsonObject } from '../json.js'
import type { Capabilities, ConnectionReport } from '../model/capabilities.js'
import type { Listing } from '../model/page.js'
import type { ResourceKind, VmRef } from '../model/references.js'
import type { Resource, ResourceOf } from '../model/resources.js'
import type { PowerState, VmInfo } from '../model/vm.js'
import type { Polled, StepContext } from '../operations/step.js'
import { definePlugin, type HypervisorPlugin, portVersion } from '../plugin.js'
import { object, optional } from '../schema/composites.js'
import { integer, string } from '../schema/scalars.js'
import type { Schema } from '../schema/schema.js'
import { secretInput } from '../schema/secret-input.js'
import type { SecretInput } from '../secrets/secret.js'
import { fakeConsole, fakeSnapshots } from './fake-facets.js'

export interface FakeConfig {
  readonly host: string
  readonly port?: number
  readonly token: SecretInput
}

export interface FakeExtension {
  readonly pool?: string
  readonly licence?: SecretInput
}

/** What the fake was asked, and how it is told to behave. */
export interface FakeNative {
  readonly calls: string[]
  /** Awaited before each method answers. */
  before: (method: string, context: AdapterContext) => Promise<void>
  capabilities: Capabilities
  trust: ConnectionReport['trust']
  resources: readonly Resource[]
  readonly vms: Map<string, VmInfo>
  closed: number
  closeWith: () => Promise<void>
  /** What a look at a running creation tells. */
  poll: () => Promise<Polled<JsonObject>>
  /** Called before the result of a creation is read. */
  read: () => void
}

export type FakePlugin = HypervisorPlugin<'fake', FakeConfig, FakeExtension, FakeNative, 'snapshots' | 'console'>

const configSchema: Schema<FakeConfig> = object({
  host: string(),
  port: optional(integer({ min: 1, max: 65_535 })),
  token: secretInput(),
})

const extensionSchema: Schema<FakeExtension> = object({ pool: optional(string()), licence: optional(secretInput()) })

export const fake: FakePlugin = definePlugin({
  type: 'fake',
  displayName: 'Fake',
  portVersion,
  packageName: '@dcm/fake',
  packageVersion: '1.2.3',
  facets: ['snapshots', 'console'],
  configSchema,
  extensionSchema,
  connect: (_config, { endpoint }) => fakeAdapter(endpoint),
})

export function fakeVm(endpoint: string, id: string, changes: Partial<VmInfo> = {}): VmInfo {
  const allowed = { allowed: true } as const
  return {
    ref: { endpoint, id },
    name: `vm-${id}`,
    powerState: 'stopped',
    rawState: 'stopped',
    cpus: 1,
    memoryBytes: 2 ** 30,
    tags: [],
    disks: [],
    nics: [],
    firmware: 'bios',
    observedAt: '2026-01-01T00:00:00.000Z',
    allowedActions: {
      start: allowed,
      stop: allowed,
      restart: allowed,
      delete: allowed,
      reconfigure: allowed,
      snapshot: allowed,
      migrate: allowed,
    },
    ...changes,
  }
}

function fakeAdapter(endpoint: string): HypervisorAdapter<FakeNative, 'snapshots' | 'console'> {
  const native: FakeNative = {
    calls: [],
    before: async () => {},
    capabilities: fakeCapabilities,
    trust: 'system',
    resources: fakeResources,
    vms: new Map(['1', '2', '3'].map((id) => [id, fakeVm(endpoint, id)])),
    closed: 0,
    closeWith: async () => {},
    poll: async () => ({ done: true }),
    read: () => {},
  }

  async function enter(method: string, context: AdapterContext): Promise<void> {
    native.calls.push(method)
    await native.before(method, context)
  }

  function find(ref: { readonly id: string }): VmInfo {
    const vm = native.vms.get(ref.id)
    if (vm) return vm
    const details = { missing: [{ kind: 'vm', reference: { id: ref.id } }] } as const
    throw new HypervisorError('NOT_FOUND', `no VM ${ref.id}; list the VMs to see what is there`, { details })
  }

  /** One mutation that is done at once, and the VM it was done to as the result. */
  function toPower(method: string, powerState: PowerState) {
    return {
      steps: [
        {
          name: method,
          repeat: 'safe' as const,
          async begin(context: StepContext<{ readonly ref: VmRef }, JsonObject>) {
            await enter(method, context)
            const vm = find(context.input.ref)
            native.vms.set(vm.ref.id, { ...vm, powerState })
            return { done: true as const }
          },
        },
      ],
      result: async (context: StepContext<{ readonly ref: VmRef }, JsonObject>) => find(context.input.ref),
    }
  }

  function listing<T>(items: readonly T[]): Listing<T> {
    return { items, problems: [], complete: true, observedAt: '2026-01-01T00:00:00.000Z', source: 'live' }
  }

  return {
    native,
    async platformIdentity(context) {
      await enter('platformIdentity', context)
      return 'fake cluster'
    },
    async testConnection(context) {
      await enter('testConnection', context)
      return { product: 'Fake', version: '1', platformIdentity: 'fake cluster', trust: native.trust, warnings: [] }
    },
    async capabilities(context) {
      await enter('capabilities', context)
      return native.capabilities
    },
    async listResources<K extends ResourceKind>(kinds: ReadonlySet<K>, context: AdapterContext) {
      await enter(`listResources ${[...kinds].sort().join(' ')}`, context)
      const ofKinds: ReadonlySet<ResourceKind> = kinds
      return listing(native.resources.filter((one): one is ResourceOf<K> => ofKinds.has(one.kind)))
    },
    async listVms(query, context) {
      await enter(`listVms${query.within ? ` ${JSON.stringify(query.within)}` : ''}`, context)
      return listing([...native.vms.values()])
    },
    async getVm(ref, context) {
      await enter('getVm', context)
      return find(ref)
    },
    operations: {
      createVm: {
        steps: [
          {
            name: 'make',
            repeat: 'once',
            findCanBeWrong: 'somebody removed the VM by hand',
            async begin(context) {
              await enter('createVm', context)
              const id = String(native.vms.size + 1)
              native.vms.set(id, fakeVm(endpoint, id, { name: context.input.spec.name }))
              return { task: id, retryAfterMs: 1, state: { id } }
            },
            find: async () => ({ found: 'absent' }),
            poll: () => native.poll(),
          },
        ],
        async result(context) {
          native.read()
          return find({ id: String(context.state.id) })
        },
      },
      startVm: toPower('startVm', 'running'),
      stopVm: toPower('stopVm', 'stopped'),
      restartVm: toPower('restartVm', 'running'),
      deleteVm: {
        steps: [
          {
            name: 'delete',
            repeat: 'safe',
            async begin(context) {
              await enter('deleteVm', context)
              native.vms.delete(context.input.ref.id)
              return { done: true }
            },
          },
        ],
        result: async (context) => ({ removed: [context.input.ref.id], left: [] }),
      },
    },
    facets: { snapshots: fakeSnapshots(enter), console: fakeConsole(enter) },
    async close() {
      native.closed++
      await native.closeWith()
    },
  }
}

export const fakeCapabilities: Capabilities = {
  product: 'Fake',
  version: '1',
  platformIdentity: 'fake cluster',
  facets: ['snapshots'],
  missingFacets: { console: 'the licence does not cover it' },
  create: {
    sources: ['template', 'blank'],
    cloneModes: ['full'],
    customization: ['hostname', 'password'],
    idempotency: { claim: 'atomic', means: 'one process' },
  },
  gracefulStop: 'acpi',
  keepDisks: false,
  naming: {
    vmNamePattern: '^[a-z0-9-]+$',
    vmNamePatternSays: 'must be small letters, digits and hyphens',
    vmNameMaxLength: 20,
    vmNameUnique: 'nowhere',
    tagPattern: '^[a-z]+$',
    tagPatternSays: 'must be small letters',
  },
  granularity: { memoryBytes: 2 ** 20, diskBytes: 2 ** 30 },
  limits: { maxCpus: 8, maxDisks: 2 },
  lists: { source: 'live' },
}

const fakeResources: readonly Resource[] = [
  { kind: 'datacenter', id: 'dc', name: 'Main', within: [], synthetic: true },
  { kind: 'cluster', id: 'cl', name: 'Cluster', within: ['dc'] },
  { kind: 'host', id: 'h1', name: 'one', within: ['cl', 'dc'], status: 'up' },
  { kind: 'host', id: 'h2', name: 'two', within: ['cl', 'dc'], status: 'down' },
  {
    kind: 'datastore',
    id: 'ds',
    name: 'fast',
    within: ['h1', 'cl', 'dc'],
    type: 'lvm',
    accessible: true,
    shared: false,
    content: ['disks'],
    hosts: ['h1'],
  },
  { kind: 'network', id: 'net', name: 'lan', within: ['cl', 'dc'], type: 'bridge', hosts: ['h1', 'h2'] },
  { kind: 'resource-pool', id: 'pool', name: 'gold', within: ['cl', 'dc'] },
  { kind: 'template', id: 't1', name: 'debian', within: ['h1', 'cl', 'dc'], tags: [] },
]
