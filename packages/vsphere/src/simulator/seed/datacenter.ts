import { randomUUID } from 'node:crypto'
import { addMachine, runtimeOf } from '../machines/machine.js'
import { storedName } from '../machines/names.js'
import { newConfig } from '../machines/new-config.js'
import { powerOn } from '../machines/power.js'
import type { SeedOptions } from '../options.js'
import type { ManagedObject, Ref } from '../world/managed-object.js'
import type { World } from '../world/world.js'
import { addCompute, green } from './hosts.js'

type Folder = ManagedObject<'Folder'>

const terabyte = 1_099_511_627_776
const oddNames = ['a/b c', '100%', 'back\\slash', 'R&D <web>', 'Ärger 東京']

export function addFolder(
  world: World,
  name: string,
  parent: Ref | undefined,
  childType: string[],
  value?: string,
): Folder {
  return world.add('Folder', { ...green, name, parent, childType, childEntity: [] }, value)
}

function append(world: World, folder: Folder, ref: Ref): void {
  world.change(folder, { childEntity: [...(folder.state.childEntity ?? []), ref] })
}

function addDatastore(world: World, folder: Folder, name: string): Ref {
  const summary = {
    name,
    url: `ds:///vmfs/volumes/${randomUUID()}/`,
    capacity: 10 * terabyte,
    freeSpace: 9 * terabyte,
    accessible: true,
    multipleHostAccess: true,
    type: 'VMFS',
    maintenanceMode: 'normal',
  }
  const browser = world.add('HostDatastoreBrowser', { supportedType: [] })
  const datastore = world.add('Datastore', {
    ...green,
    name,
    browser: browser.ref,
    parent: folder.ref,
    vm: [],
    host: [],
    summary,
    capability: {
      directoryHierarchySupported: true,
      rawDiskMappingsSupported: false,
      perFileThinProvisioningSupported: true,
    },
  })
  world.change(browser, { datastore: [datastore.ref] })
  world.change(datastore, { summary: { ...summary, datastore: datastore.ref } })
  append(world, folder, datastore.ref)
  return datastore.ref
}

/** Two datastores and more are a datastore cluster. */
function addDatastores(world: World, folder: Folder, count: number, prefix: string): Ref[] {
  if (count < 2 || world.isHostAgent)
    return Array.from({ length: count }, (_, index) => addDatastore(world, folder, `${prefix}datastore${index + 1}`))
  const pod = world.add('StoragePod', {
    ...green, name: `${prefix}pod1`, parent: folder.ref, childType: ['Datastore'], childEntity: [],
    summary: { name: `${prefix}pod1`, capacity: count * 10 * terabyte, freeSpace: count * 9 * terabyte },
  }) // biome-ignore format: short
  append(world, folder, pod.ref)
  return Array.from({ length: count }, (_, index) => addDatastore(world, pod, `${prefix}datastore${index + 1}`))
}

function addNetworks(world: World, folder: Folder, opaque = 0): Ref[] {
  const network = world.add('Network', { ...green, name: 'VM Network', parent: folder.ref, vm: [], host: [] })
  world.change(network, {
    summary: { _type: 'NetworkSummary', network: network.ref, name: 'VM Network', accessible: true },
  })
  append(world, folder, network.ref)
  if (world.isHostAgent) return [network.ref]
  const hex = randomUUID().replaceAll('-', '').match(/../g) ?? []
  const uuid = `${hex.slice(0, 8).join(' ')}-${hex.slice(8).join(' ')}`
  const dvs = world.add('VmwareDistributedVirtualSwitch', {
    ...green,
    name: 'DSwitch',
    parent: folder.ref,
    uuid,
    portgroup: [],
  })
  append(world, folder, dvs.ref)
  const groups = [
    ['VLAN 100', 100, false],
    ['VLAN 200', 200, false],
    ['DSwitch-DVUplinks', 0, true],
  ] as const
  const refs = groups.map(([name, vlanId, uplink]) => addPortgroup(world, folder, dvs, { name, vlanId, uplink }))
  world.change(dvs, { portgroup: refs })
  const segments = Array.from({ length: opaque }, (_, index) => addOpaqueNetwork(world, folder, index + 1))
  return [network.ref, ...refs.slice(0, 2), ...segments]
}

/** Each datacenter has an object for the one network that NSX has. */
function addOpaqueNetwork(world: World, folder: Folder, number: number): Ref {
  const name = `Segment ${number}`
  const network = world.add('OpaqueNetwork', { ...green, name, parent: folder.ref, vm: [], host: [] })
  world.change(network, {
    summary: {
      _type: 'OpaqueNetworkSummary',
      network: network.ref,
      name,
      accessible: true,
      opaqueNetworkId: `5e93e27e-0000-4000-8000-${String(number).padStart(12, '0')}`,
      opaqueNetworkType: 'nsx.LogicalSwitch',
    },
  })
  append(world, folder, network.ref)
  return network.ref
}

function addPortgroup(
  world: World,
  folder: Folder,
  dvs: ManagedObject<'VmwareDistributedVirtualSwitch'>,
  order: { name: string; vlanId: number; uplink: boolean },
): Ref {
  const group = world.add('DistributedVirtualPortgroup', {
    ...green,
    name: order.name,
    parent: folder.ref,
    vm: [],
    host: [],
    portKeys: [],
  })
  const { value: key } = group.ref
  world.change(group, {
    key,
    summary: { _type: 'NetworkSummary', network: group.ref, name: order.name, accessible: true },
    config: {
      key,
      name: order.name,
      numPorts: 8,
      distributedVirtualSwitch: dvs.ref,
      type: 'earlyBinding',
      backingType: 'standard',
      uplink: order.uplink,
      policy: {
        _type: 'VMwareDVSPortgroupPolicy',
        blockOverrideAllowed: true,
        shapingOverrideAllowed: false,
        vendorConfigOverrideAllowed: false,
        livePortMovingAllowed: false,
        portConfigResetAtDisconnect: true,
        vlanOverrideAllowed: false,
        uplinkTeamingOverrideAllowed: false,
        securityPolicyOverrideAllowed: false,
      },
      defaultPortConfig: {
        _type: 'VMwareDVSPortSetting',
        vlan: { _type: 'VmwareDistributedVirtualSwitchVlanIdSpec', inherited: false, vlanId: order.vlanId },
      },
    },
  })
  append(world, folder, group.ref)
  return group.ref
}

/** A datacenter with its folders, hosts, stores, networks, templates and VMs. */
export function addDatacenter(world: World, root: Folder, number: number, seed: SeedOptions): void {
  const esxi = world.isHostAgent
  const prefix = number === 0 ? '' : `dc${number + 1}-`
  const datacenter = world.add(
    'Datacenter',
    { ...green, name: esxi ? 'ha-datacenter' : `DC${number + 1}`, parent: root.ref },
    esxi ? 'ha-datacenter' : undefined,
  )
  append(world, root, datacenter.ref)
  const folder = (name: string, types: string[]): Folder =>
    addFolder(world, name, datacenter.ref, types, esxi ? `ha-folder-${name}` : undefined)
  const vms = folder('vm', ['Folder', 'VirtualMachine', 'VirtualApp'])
  const hosts = folder('host', ['Folder', 'ComputeResource'])
  const stores = folder('datastore', ['Folder', 'Datastore', 'StoragePod'])
  const nets = folder('network', ['Folder', 'Network', 'DistributedVirtualSwitch'])
  const datastores = addDatastores(world, stores, seed.datastores ?? (esxi ? 1 : 2), prefix)
  const networks = addNetworks(world, nets, seed.opaqueNetworks)
  world.change(datacenter, {
    vmFolder: vms.ref,
    hostFolder: hosts.ref,
    datastoreFolder: stores.ref,
    networkFolder: nets.ref,
    datastore: datastores,
    network: networks,
    configuration: {},
  })
  const computes = esxi
    ? [addCompute(world, { type: 'ComputeResource', name: 'localhost.localdomain', folder: hosts, hostNames: ['localhost.localdomain'], datastores, networks, values: { compute: 'ha-compute-res', pool: 'ha-root-pool', host: 'ha-host' } })]
    : Array.from({ length: seed.clusters ?? 1 }, (_, index) => addCompute(world, {
        type: 'ClusterComputeResource', name: `${prefix}cluster${index + 1}`, folder: hosts, datastores, networks,
        hostNames: Array.from({ length: seed.hosts ?? 3 }, (_, host) => `${prefix}esx${index * (seed.hosts ?? 3) + host + 1}.example.org`),
      })) // biome-ignore format: short
  linkHosts(world, datastores, networks, computes)
  addMachines(world, { vms, prefix, datastores, networks, computes, seed })
}

function linkHosts(
  world: World,
  datastores: readonly Ref[],
  networks: readonly Ref[],
  computes: readonly ManagedObject<'ComputeResource'>[],
): void {
  const hosts = computes.flatMap(({ state }) => state.host ?? [])
  for (const ref of datastores)
    world.change(world.get('Datastore', ref), {
      host: hosts.map((key) => ({ key, mountInfo: { accessMode: 'readWrite', mounted: true, accessible: true } })),
    })
  for (const ref of networks) world.change(world.get('Network', ref), { host: hosts })
}

interface Scene {
  readonly vms: Folder
  readonly prefix: string
  readonly datastores: readonly Ref[]
  readonly networks: readonly Ref[]
  readonly computes: readonly ManagedObject<'ComputeResource'>[]
  readonly seed: SeedOptions
}

function addMachines(world: World, { vms, prefix, datastores, networks, computes, seed }: Scene): void {
  const [datastore, network] = [datastores[0], networks.at(-1)]
  if (datastore === undefined || network === undefined || computes.length === 0) return
  const datastoreName = world.get('Datastore', datastore).state.name ?? ''
  const add = (
    name: string,
    index: number,
    {
      folder = vms,
      ...detail
    }: { folder?: Folder; template?: boolean; guestId?: string; cpus?: number; memoryMB?: number },
  ): void => {
    const compute = computes[index % computes.length]
    const hosts = compute?.state.host ?? []
    const host = hosts[Math.floor(index / computes.length) % hosts.length]
    if (compute === undefined || host === undefined) return
    const config = newConfig(world, {
      name: storedName(name),
      datastoreName,
      diskGiB: [16],
      networks: [network],
      guestId: 'debian12_64Guest',
      ...detail,
    })
    const pool = detail.template === true ? undefined : compute.state.resourcePool
    const machine = addMachine(world, {
      config,
      folder,
      pool,
      host,
      datastore,
      ...(world.isHostAgent ? { value: String(index + 1) } : {}),
    })
    if (detail.template !== true && seed.running !== false && runtimeOf(machine).powerState === 'poweredOff')
      powerOn(world, machine)
  }
  if (seed.templates !== false && !world.isHostAgent) {
    add(`${prefix}debian-13-cloud`, 0, { template: true, cpus: 2, memoryMB: 2_048 })
    add(`${prefix}windows-2022`, 1, { template: true, cpus: 4, memoryMB: 8_192, guestId: 'windows2019srvNext_64Guest' })
  }
  if (seed.twins === true) {
    for (const name of ['left', 'right']) {
      const folder = addFolder(world, `${prefix}${name}`, vms.ref, ['Folder', 'VirtualMachine'])
      append(world, vms, folder.ref)
      add(`${prefix}twins`, 0, { template: true, folder })
    }
  }
  for (let index = 0; index < (seed.vms ?? 2); index += 1)
    add(`${prefix}app-${String(index + 1).padStart(2, '0')}`, index, { cpus: 2, memoryMB: 4_096 })
  if (seed.oddNames === true) {
    for (const [index, name] of oddNames.entries()) add(name, (seed.vms ?? 2) + index, {})
  }
}
