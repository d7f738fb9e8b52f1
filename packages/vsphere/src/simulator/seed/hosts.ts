import { randomUUID } from 'node:crypto'
import type { ManagedObject, Ref } from '../world/managed-object.js'
import type { World } from '../world/world.js'

const gib = 1_073_741_824
const cores = 16
const coreMhz = 2_600

const allocation = (limit: number) => ({
  reservation: 0,
  expandableReservation: true,
  limit,
  shares: { shares: 4_000, level: 'normal' as const },
})
const usage = {
  reservationUsed: 0,
  reservationUsedForVm: 0,
  unreservedForPool: 100_000,
  unreservedForVm: 100_000,
  overallUsage: 0,
  maxUsage: 100_000,
}

export const green = { overallStatus: 'green', configStatus: 'green', recentTask: [] } as const

export interface HostOrder {
  readonly name: string
  readonly parent: Ref
  readonly datastores: readonly Ref[]
  readonly networks: readonly Ref[]
  readonly value?: string
}

export function addHost(world: World, order: HostOrder): ManagedObject<'HostSystem'> {
  const runtime = {
    connectionState: 'connected',
    powerState: 'poweredOn',
    inMaintenanceMode: false,
    bootTime: world.timestamp(),
  } as const
  const uuid = randomUUID()
  const host: ManagedObject<'HostSystem'> = world.add(
    'HostSystem',
    {
      ...green,
      name: order.name,
      parent: order.parent,
      runtime,
      vm: [],
      datastore: order.datastores,
      network: order.networks,
      get summary() {
        return {
          host: host.ref,
          hardware: {
            vendor: 'Simulated', model: 'Loopback R740', uuid, memorySize: 256 * gib, cpuModel: 'Simulated CPU @ 2.60GHz',
            cpuMhz: coreMhz, numCpuPkgs: 2, numCpuCores: cores, numCpuThreads: cores * 2, numNics: 2, numHBAs: 2,
          }, // biome-ignore format: a table
          runtime: host.state.runtime ?? runtime,
          config: {
            name: order.name,
            port: 902,
            vmotionEnabled: true,
            sslThumbprint: world.switches.transferHost?.thumbprint1,
            product: {
              ...world.content.about,
              name: 'VMware ESXi',
              apiType: 'HostAgent',
              productLineId: 'embeddedEsx',
            },
          },
          quickStats: { overallCpuUsage: 1_200, overallMemoryUsage: 32_768, uptime: 86_400 },
          overallStatus: 'green' as const,
          rebootRequired: false,
        }
      },
    },
    order.value,
  )
  return host
}

export interface ComputeOrder {
  readonly type: 'ClusterComputeResource' | 'ComputeResource'
  readonly name: string
  readonly folder: ManagedObject<'Folder'>
  readonly hostNames: readonly string[]
  readonly datastores: readonly Ref[]
  readonly networks: readonly Ref[]
  readonly values?: { readonly compute: string; readonly pool: string; readonly host: string }
}

/** A cluster or a single host, with its root resource pool. */
export function addCompute(world: World, order: ComputeOrder): ManagedObject<'ComputeResource'> {
  const { datastores, networks, values } = order
  const isCluster = order.type === 'ClusterComputeResource'
  const base = { ...green, name: order.name, parent: order.folder.ref, datastore: datastores, network: networks }
  const compute: ManagedObject<'ComputeResource'> = isCluster
    ? world.add('ClusterComputeResource', {
        ...base,
        configuration: {
          dasConfig: { enabled: true },
          drsConfig: { enabled: true, defaultVmBehavior: 'fullyAutomated' },
        },
      })
    : world.add('ComputeResource', base, values?.compute)
  const hosts = order.hostNames.map((name) =>
    addHost(world, {
      name,
      parent: compute.ref,
      datastores,
      networks,
      ...(values === undefined ? {} : { value: values.host }),
    }),
  )
  const pool = world.add(
    'ResourcePool',
    {
      ...green,
      name: 'Resources',
      parent: compute.ref,
      owner: compute.ref,
      vm: [],
      resourcePool: [],
      config: { cpuAllocation: allocation(-1), memoryAllocation: allocation(-1) },
      runtime: { cpu: usage, memory: usage, overallStatus: 'green' },
    },
    values?.pool,
  )
  const count = hosts.length
  const summary = {
    totalCpu: count * cores * coreMhz, totalMemory: count * 256 * gib, numCpuCores: count * cores, numCpuThreads: count * cores * 2,
    effectiveCpu: count * cores * coreMhz, effectiveMemory: count * 262_144, numHosts: count, numEffectiveHosts: count, overallStatus: 'green',
  } as const // biome-ignore format: a table
  world.change(compute, {
    host: hosts.map(({ ref }) => ref),
    resourcePool: pool.ref,
    summary: isCluster
      ? { _type: 'ClusterComputeResourceSummary', ...summary, currentFailoverLevel: 1, numVmotions: 0 }
      : { _type: 'ComputeResourceSummary', ...summary },
  })
  world.change(order.folder, { childEntity: [...(order.folder.state.childEntity ?? []), compute.ref] })
  return compute
}
