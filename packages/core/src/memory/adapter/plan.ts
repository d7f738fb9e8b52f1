import { HypervisorError } from '../../errors/hypervisor-error.js'
import { collectProblems } from '../../inventory/reference-problems.js'
import { type ReferenceCandidate, resolveReference } from '../../inventory/resolve-reference.js'
import type { VmProvisionSpec } from '../../model/provision.js'
import type { Reference } from '../../model/references.js'
import type { Sealed } from '../../operations/seal.js'
import type { Inventory, NewNic } from '../platform/native-calls.js'
import type { Connection } from './connection.js'

/** Where a new VM goes and what it is made of, all resolved to ids. */
export interface Plan {
  readonly host: string
  readonly pool?: string
  readonly template?: string
  readonly image?: string
  /** Of each disk. */
  readonly stores: readonly string[]
  /** Disks to make larger, or to make: key and size in bytes. */
  readonly disks: readonly { readonly key: string; readonly sizeBytes: number }[]
  readonly nics?: readonly NewNic[]
  readonly cpus: number
  readonly memoryBytes: number
}

type Spec = Sealed<VmProvisionSpec>

/** Resolves and checks everything, all problems at once. One native call. */
export async function planVm(connection: Connection, spec: Spec, signal: AbortSignal): Promise<Plan> {
  const inventory = await connection.call('inventory', {}, signal)
  const problems = collectProblems()
  const hosts = inventory.hosts.map(({ id, name, cluster }) => ({ id, name, within: [cluster] }))
  const flat = (things: readonly { id: string; name: string }[]): readonly ReferenceCandidate[] =>
    things.map(({ id, name }) => ({ id, name, within: [] }))
  const one = (
    reference: Reference | undefined,
    candidates: readonly ReferenceCandidate[],
    path: string,
    kind: 'host' | 'datastore' | 'network' | 'resource-pool' | 'template' | 'image',
  ) => reference && resolveReference(reference, candidates, { path, kind, containers: hosts }, problems)?.id

  const { source, placement = {}, disks = [], nics } = spec
  const template =
    source.from === 'template'
      ? one(source.template, flat(inventory.templates), 'source.template', 'template')
      : undefined
  const image = source.from === 'image' ? one(source.image, flat(inventory.images), 'source.image', 'image') : undefined
  const host = one(placement.host, hosts, 'placement.host', 'host') ?? roomiest(inventory)
  const pool = one(placement.resourcePool, flat(inventory.pools), 'placement.resourcePool', 'resource-pool')
  const store = one(placement.datastore, flat(inventory.stores), 'placement.datastore', 'datastore')
  const base = inventory.templates.find(({ id }) => id === template)
  const fallback = inventory.stores[0]?.id ?? ''
  const count = Math.max(disks.length, base?.disks.length ?? 0)
  const stores = Array.from({ length: count }, (_, index) => {
    const own = one(disks[index]?.datastore, flat(inventory.stores), `disks[${index}].datastore`, 'datastore')
    return own ?? store ?? base?.disks[index]?.store ?? fallback
  })
  const newNics = nics?.map(
    ({ network, macAddress, vlanId }, index): NewNic => ({
      net: one(network, flat(inventory.nets), `nics[${index}].network`, 'network') ?? '',
      ...(macAddress !== undefined && { mac: macAddress }),
      ...(vlanId !== undefined && { vlan: vlanId }),
    }),
  )
  for (const [index, { sizeBytes }] of disks.entries()) {
    const smallest = base?.disks[index]?.sizeBytes ?? 0
    if (sizeBytes >= smallest) continue
    const message = `must not be smaller than the template's disk (${smallest} bytes)`
    problems.invalid(`disks[${index}].sizeBytes`, message)
  }
  const cpus = spec.cpus ?? base?.cpus
  const memoryBytes = spec.memoryBytes ?? base?.memoryBytes
  if (source.from !== 'template') {
    if (cpus === undefined) problems.invalid('cpus', 'is needed without a template')
    if (memoryBytes === undefined) problems.invalid('memoryBytes', 'is needed without a template')
  }
  problems.throwIfAny('the specification')
  checkRoom(connection, inventory, spec, stores)
  return {
    host,
    ...(pool !== undefined && { pool }),
    ...(template !== undefined && { template }),
    ...(image !== undefined && { image }),
    stores,
    disks: disks.map(({ sizeBytes }, index) => ({ key: `disk${index}`, sizeBytes })),
    ...(newNics && { nics: newNics }),
    cpus: cpus ?? 1,
    memoryBytes: memoryBytes ?? 0,
  }
}

function roomiest({ hosts }: Inventory): string {
  const up = hosts.filter(({ state }) => state === 'ready')
  return (up.toSorted((left, right) => right.memoryBytes - left.memoryBytes)[0] ?? hosts[0])?.id ?? ''
}

/** What is asked for must fit before anything is written. */
function checkRoom(connection: Connection, { stores: all }: Inventory, spec: Spec, stores: readonly string[]): void {
  for (const [index, { sizeBytes }] of (spec.disks ?? []).entries()) {
    const store = all.find(({ id }) => id === stores[index])
    if (!store) continue
    const available = store.capacityBytes - store.usedBytes
    if (sizeBytes <= available) continue
    const message = `datastore '${store.name}' has ${available} bytes left, disks[${index}] asks for ${sizeBytes}; choose another or make it smaller`
    const details = { resource: store.id, requested: sizeBytes, available }
    throw new HypervisorError('RESOURCE_EXHAUSTED', message, { endpoint: connection.endpoint, details })
  }
}
