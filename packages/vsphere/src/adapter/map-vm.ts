import {
  type ActionVerdict,
  findMarker,
  type Marker,
  type VmAction,
  type VmDisk,
  type VmInfo,
  type VmNic,
  type VmSummary,
} from '@dcm/core'
import type { Retrieved } from '../client/property-path.js'
import type { VirtualDevice, VirtualDisk } from '../generated/shared/vm-device.js'
import { decodeName } from './map-names.js'
import { type MappedState, mapPowerState } from './map-power-state.js'

/** What a list reads of each VM. */
export const summaryPaths = [
  'name',
  'runtime.powerState',
  'runtime.connectionState',
  'runtime.host',
  'config.instanceUuid',
  'config.template',
  'config.hardware.numCPU',
  'config.hardware.memoryMB',
  'resourcePool',
  'summary.quickStats.uptimeSeconds',
  'config.managedBy.extensionKey',
] as const

/** What `getVm` and the operations read of one VM: the same and more. Written out, as declarations need it. */
export const detailPaths = [
  'name',
  'runtime.powerState',
  'runtime.connectionState',
  'runtime.host',
  'config.instanceUuid',
  'config.template',
  'config.hardware.numCPU',
  'config.hardware.memoryMB',
  'resourcePool',
  'summary.quickStats.uptimeSeconds',
  'parent',
  'runtime.question',
  'runtime.bootTime',
  'guest.toolsRunningStatus',
  'config.annotation',
  'config.changeVersion',
  'config.createDate',
  'config.extraConfig',
  'config.firmware',
  'config.guestId',
  'config.hardware.device',
  'snapshot.currentSnapshot',
  'datastore',
  'network',
  'summary.config.instanceUuid',
] as const

export type ListedRow = Retrieved<'VirtualMachine', (typeof summaryPaths)[number], undefined>
export type SummaryRow = Omit<ListedRow, 'config.managedBy.extensionKey'>
export type DetailRow = Retrieved<'VirtualMachine', (typeof detailPaths)[number], undefined>

/** Advanced setting that holds our marker. */
export const markerKey = 'dcm.marker'

export const mebibyte = 1_048_576

/**
 * A VM's id: its instanceUuid, which this vCenter keeps over renames and moves. A VM whose files cannot be reached has no
 * configuration, and its summary may still say it; where neither does, the reference itself (`vm-12`).
 */
export function idOf(row: Identified): string {
  return instanceUuidOf(row)?.toLowerCase() ?? row.ref.value
}

type Identified = Pick<SummaryRow, 'ref' | 'config.instanceUuid'> &
  Partial<Pick<DetailRow, 'summary.config.instanceUuid'>>

export function instanceUuidOf(row: Omit<Identified, 'ref'>): string | undefined {
  return row['config.instanceUuid'] ?? row['summary.config.instanceUuid']
}

/** A vCenter runs VMs of its own in each cluster (vCLS), which are nobody's to list; a VM of somebody else may have such a name too. */
export function isClusterService(row: Pick<ListedRow, 'name' | 'config.managedBy.extensionKey'>): boolean {
  return row['config.managedBy.extensionKey'] !== undefined && /^vCLS\b/.test(row.name ?? '')
}

/** What of a VM does not stand in its row. */
interface TaggedRow {
  readonly tags?: readonly string[] | undefined
  readonly question?: boolean
}

export function mapVmSummary(
  endpoint: string,
  row: SummaryRow,
  { tags = [], question = false }: TaggedRow = {},
): VmSummary {
  const cpus = row['config.hardware.numCPU']
  const memory = row['config.hardware.memoryMB']
  const uptime = row['summary.quickStats.uptimeSeconds']
  const state = mapPowerState({
    powerState: row['runtime.powerState'],
    connectionState: row['runtime.connectionState'],
    question,
  })
  return {
    ref: { endpoint, id: idOf(row), locator: row.ref.value },
    ...(row.name !== undefined && { name: decodeName(row.name) }),
    ...state,
    ...(row['runtime.host'] && { host: row['runtime.host'].value }),
    ...(cpus !== undefined && { cpus }),
    ...(memory !== undefined && { memoryBytes: memory * mebibyte }),
    tags,
    ...(row.resourcePool && { resourcePool: row.resourcePool.value }),
    ...(state.powerState === 'running' && uptime !== undefined && { uptimeSeconds: uptime }),
  }
}

/** Everything the port tells of a VM. */
export function mapVmInfo(endpoint: string, row: DetailRow, tags: readonly string[], opaqueIds: OpaqueIds): VmInfo {
  const summary = mapVmSummary(endpoint, row, { tags, question: row['runtime.question'] !== undefined })
  const devices = row['config.hardware.device'] ?? []
  const marker = markerOfVm(row)
  const annotation = row['config.annotation']
  const createdAt = createdAtOf(row['config.createDate'])
  const guestOs = row['config.guestId']
  return {
    ...summary,
    ref: { ...summary.ref, incarnation: row.ref.value },
    name: summary.name ?? row.ref.value,
    cpus: summary.cpus ?? 0,
    memoryBytes: summary.memoryBytes ?? 0,
    ...(annotation !== undefined && annotation !== '' && { description: annotation }),
    disks: devices.filter(isDisk).map(mapDisk),
    nics: devices.filter(isNic).map((device) => mapNic(device, row['runtime.powerState'] === 'poweredOn', opaqueIds)),
    firmware: row['config.firmware'] === 'efi' ? 'uefi' : row['config.firmware'] === 'bios' ? 'bios' : 'other',
    ...(guestOs !== undefined && guestOs !== '' && { guestOs }),
    ...(createdAt !== undefined && { createdAt }),
    ...(marker && { createdBy: { key: marker.key, specHash: marker.specHash } }),
    allowedActions: allowedActions(summary, row['runtime.question']?.text),
    observedAt: new Date().toISOString(),
  }
}

/** Our marker, if this SDK made the VM. */
export function markerOfVm(row: Pick<DetailRow, 'config.extraConfig'>): Marker | undefined {
  return findMarker(settingsOf(row).get(markerKey) ?? '')
}

/** Advanced settings of a VM that are texts. */
export function settingsOf(row: Pick<DetailRow, 'config.extraConfig'>): ReadonlyMap<string, string> {
  const settings = new Map<string, string>()
  for (const option of row['config.extraConfig'] ?? []) {
    if (option._type !== '$unknown' && typeof option.value === 'string') settings.set(option.key, option.value)
  }
  return settings
}

export function isDisk(device: VirtualDevice): device is VirtualDisk {
  return device._type === 'VirtualDisk'
}

/** A card of any model: those alone have a way to get an address. */
export type NicDevice = Extract<VirtualDevice, { readonly macAddress?: string | undefined }>

export function isNic(device: VirtualDevice): device is NicDevice {
  return nicTypes.has(device._type)
}

const nicTypes: ReadonlySet<string> = new Set([
  'VirtualEthernetCard',
  'VirtualE1000',
  'VirtualE1000e',
  'VirtualPCNet32',
  'VirtualSriovEthernetCard',
  'VirtualVmxnet',
  'VirtualVmxnet2',
  'VirtualVmxnet3',
  'VirtualVmxnet3Vrdma',
])

/** Paths of a VM's disks (`[datastore1] vm/vm.vmdk`). */
export function filesOf(row: Pick<DetailRow, 'config.hardware.device'>): string[] {
  return (row['config.hardware.device'] ?? []).filter(isDisk).flatMap(({ backing }) => {
    return backing !== undefined && 'fileName' in backing ? [backing.fileName] : []
  })
}

/** Bytes of a disk; the older field counts kibibytes. */
export function bytesOfDisk(disk: VirtualDisk): number {
  return disk.capacityInBytes === undefined ? Number(disk.capacityInKB) * 1024 : Number(disk.capacityInBytes)
}

export function mapDisk(disk: VirtualDisk): VmDisk {
  const { backing } = disk
  const datastore = backing !== undefined && 'datastore' in backing ? backing.datastore?.value : undefined
  const path = backing !== undefined && 'fileName' in backing ? backing.fileName : undefined
  return {
    key: String(disk.key),
    capacityBytes: bytesOfDisk(disk),
    ...(datastore !== undefined && { datastore }),
    ...(path !== undefined && { path }),
  }
}

/** Opaque networks of a VM by the ids that cards name them by. */
export type OpaqueIds = ReadonlyMap<string, string>

export function mapNic(device: NicDevice, runs: boolean, opaqueIds: OpaqueIds): VmNic {
  const network = networkOfNic(device, opaqueIds)
  return {
    key: String(device.key),
    ...(device.macAddress !== undefined && { macAddress: device.macAddress.toLowerCase() }),
    ...(network !== undefined && { network }),
    connected: isConnected(device, runs),
    model: device._type,
  }
}

/** A card of a VM that is off is connected if it will be at the start. */
export function isConnected({ connectable }: NicDevice, runs: boolean): boolean {
  return (runs ? connectable?.connected : connectable?.startConnected) ?? false
}

/** Id of the network that a card is plugged into, whatever kind it is, as the list of networks has it. */
function networkOfNic({ backing }: NicDevice, opaqueIds: OpaqueIds): string | undefined {
  if (backing?._type === 'VirtualEthernetCardDistributedVirtualPortBackingInfo') return backing.port.portgroupKey
  if (backing?._type === 'VirtualEthernetCardNetworkBackingInfo') return backing.network?.value
  if (backing?._type === 'VirtualEthernetCardOpaqueNetworkBackingInfo') return opaqueIds.get(backing.opaqueNetworkId)
  return undefined
}

/** 1970 stands for a date that nobody knows. */
function createdAtOf(date: string | undefined): string | undefined {
  const ms = date === undefined ? Number.NaN : Date.parse(date)
  return Number.isFinite(ms) && ms > 0 ? new Date(ms).toISOString() : undefined
}

const allowed: ActionVerdict = { allowed: true }
const refused = (reason: string): ActionVerdict => ({ allowed: false, reason })

function allowedActions(
  { powerState, locked, rawState }: MappedState,
  question = '',
): { readonly [A in VmAction]: ActionVerdict } {
  const answerable = (verdict: ActionVerdict): ActionVerdict => {
    if (locked !== undefined) return refused(`the VM waits for an answer to: ${question}`)
    if (powerState === 'unknown' || powerState === 'error') return refused(`the VM cannot be reached (${rawState})`)
    return verdict
  }
  return {
    start: answerable(allowed),
    stop: answerable(allowed),
    restart: answerable(powerState === 'running' ? allowed : refused('only a running VM can be restarted')),
    delete:
      powerState === 'error'
        ? allowed
        : answerable(
            powerState === 'running' ? refused('the VM is running: stop it, or delete it with force') : allowed,
          ),
    reconfigure: answerable(allowed),
    snapshot: answerable(allowed),
    migrate: answerable(allowed),
  }
}
