import type { ActionVerdict, VmAction, VmDisk, VmInfo } from '@dcm/core'
import { parsePropertyString } from '../client/property-string.js'
import { readDescription } from './map-description.js'
import { disksOf } from './map-disks.js'
import { mapNic, nicsOf } from './map-nics.js'
import { type MappedState, mapPowerState } from './map-power-state.js'
import { datastoreId } from './map-resources.js'
import { memoryBytesOf } from './map-sizes.js'
import { userTags } from './map-tags.js'
import type { VmConfig, VmPlace, VmStatus } from './platform.js'

/** Everything the port tells of a VM, from its configuration and its live state. */
export function mapVmInfo(
  endpoint: string,
  place: VmPlace,
  config: VmConfig,
  status: VmStatus,
  known: { readonly sharedStorages: ReadonlySet<string>; readonly pool?: string },
): VmInfo {
  const state = mapPowerState({ ...status, lock: status.lock ?? config.lock })
  const { text, marker } = readDescription(config.description)
  const incarnation = incarnationOf(config)
  const createdAt = createdAtOf(config.meta)
  const { pool } = known
  return {
    ref: {
      endpoint,
      id: String(place.vmid),
      locator: place.node,
      ...(incarnation !== undefined && { incarnation }),
    },
    name: config.name ?? status.name ?? `VM ${place.vmid}`,
    ...state,
    host: place.node,
    cpus: cpusOf(config),
    memoryBytes: memoryBytesOf(config.memory),
    tags: userTags(config.tags),
    ...(pool !== undefined && { resourcePool: pool }),
    ...(status.uptime !== undefined && status.uptime > 0 && { uptimeSeconds: status.uptime }),
    ...(text !== undefined && { description: text }),
    disks: disksOf(config).map(
      (drive): VmDisk => ({
        key: drive.key,
        ...(drive.sizeBytes !== undefined && { capacityBytes: drive.sizeBytes }),
        ...(drive.storage !== undefined && {
          datastore: datastoreId(drive.storage, place.node, known.sharedStorages.has(drive.storage)),
        }),
        path: drive.volume,
      }),
    ),
    nics: nicsOf(config).map(mapNic),
    firmware: config.bios === 'ovmf' ? 'uefi' : 'bios',
    ...(config.ostype !== undefined && { guestOs: config.ostype }),
    ...(createdAt !== undefined && { createdAt }),
    ...(marker && { createdBy: { key: marker.key, specHash: marker.specHash } }),
    allowedActions: allowedActions(state, config),
    observedAt: new Date().toISOString(),
  }
}

/** Sockets by cores, or the virtual processors plugged in, where they are fewer. */
export function cpusOf(config: Pick<VmConfig, 'sockets' | 'cores' | 'vcpus'>): number {
  return config.vcpus ?? (config.sockets ?? 1) * (config.cores ?? 1)
}

/** The uuid that is drawn anew at every create and clone: tells VMs of one reused id apart. */
export function incarnationOf(config: Pick<VmConfig, 'smbios1'>): string | undefined {
  if (config.smbios1 === undefined) return undefined
  return parsePropertyString(config.smbios1).uuid?.toLowerCase()
}

/** Whether the guest agent is configured: `1`, `enabled=1`, with or without options behind it. */
export function agentEnabled(config: Pick<VmConfig, 'agent'>): boolean {
  if (config.agent === undefined) return false
  const { enabled } = parsePropertyString(String(config.agent), { defaultKey: 'enabled' })
  return enabled === '1' || enabled === 'on' || enabled === 'yes' || enabled === 'true'
}

function createdAtOf(meta: string | undefined): string | undefined {
  const seconds = Number(meta === undefined ? Number.NaN : parsePropertyString(meta).ctime)
  return Number.isSafeInteger(seconds) && seconds > 0 ? new Date(seconds * 1000).toISOString() : undefined
}

const allowed: ActionVerdict = { allowed: true }

function allowedActions(state: MappedState, config: VmConfig): { readonly [A in VmAction]: ActionVerdict } {
  const { powerState, locked } = state
  const unlocked = (verdict: ActionVerdict): ActionVerdict =>
    locked === undefined ? verdict : refused(`the VM is locked (${locked}): wait until the other work has ended`)
  const settled = (verdict: ActionVerdict): ActionVerdict =>
    powerState === 'transitioning' ? refused(`the VM is changing its state (${state.rawState})`) : verdict
  const up = powerState === 'running' || powerState === 'paused' || powerState === 'error'
  return {
    start: unlocked(
      settled(powerState === 'error' ? refused('the guest is in error: stop it hard, then start it') : allowed),
    ),
    stop: unlocked(settled(allowed)),
    restart: unlocked(settled(powerState === 'running' ? allowed : refused('only a running VM can be restarted'))),
    delete: unlocked(
      config.protection === true
        ? refused('the VM is protected: set protection to 0 first')
        : up
          ? refused('the VM is running: stop it, or delete it with force')
          : settled(allowed),
    ),
    reconfigure: unlocked(allowed),
    snapshot: unlocked(settled(allowed)),
    migrate: unlocked(settled(allowed)),
  }
}

function refused(reason: string): ActionVerdict {
  return { allowed: false, reason }
}
