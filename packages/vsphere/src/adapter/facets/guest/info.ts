import { type GuestInfo, type GuestInterface, reachableAddresses } from '@dcm/core'
import type { Retrieved } from '../../../client/property-path.js'

export const guestPaths = [
  'guest.net',
  'guest.ipAddress',
  'guest.hostName',
  'guest.guestFullName',
  'guest.toolsRunningStatus',
  'guest.toolsVersionStatus2',
] as const

export type GuestRow = Retrieved<'VirtualMachine', (typeof guestPaths)[number]>

type Nic = NonNullable<GuestRow['guest.net']>[number]

/** The guest's word for a card that belongs to no device of the VM: a bridge or tunnel of containers, a VPN. */
const noDevice = -1

/** What VMware Tools tell; what they told last, when they do not run. */
export function mapGuestInfo(row: GuestRow): GuestInfo {
  const nics = row['guest.net'] ?? []
  const hostname = row['guest.hostName']
  const osName = row['guest.guestFullName']
  const alone = row['guest.ipAddress']
  const reachable = nics.filter(({ deviceConfigId }) => deviceConfigId !== noDevice).flatMap(usableOf)
  const interfaces = nics.map(mapInterface)
  // Old tools tell this one only; what newer ones tell may be the address of a bridge.
  const told = interfaces.some((one) => one.addresses.length > 0) || !alone ? reachable : [alone]
  return {
    agent: agentOf(row),
    ...(hostname !== undefined && hostname !== '' && { hostname }),
    ...(osName !== undefined && osName !== '' && { osName }),
    interfaces,
    // Without a name: ours are those of networks, which say nothing of what the guest does with a card.
    addresses: reachableAddresses([{ name: '', addresses: told }]),
  }
}

function agentOf(row: GuestRow): GuestInfo['agent'] {
  if (row['guest.toolsRunningStatus'] === 'guestToolsRunning') return 'running'
  return row['guest.toolsVersionStatus2'] === 'guestToolsNotInstalled' ? 'absent' : 'not-running'
}

function mapInterface(nic: Nic): GuestInterface {
  const { macAddress } = nic
  const configured = (nic.ipConfig?.ipAddress ?? []).map(({ ipAddress }) => ipAddress)
  return {
    name: nameOf(nic),
    ...(macAddress !== undefined && macAddress !== '' && { macAddress: macAddress.toLowerCase() }),
    addresses: [...new Set([...configured, ...(nic.ipAddress ?? [])])],
  }
}

/** Tools do not tell what the guest calls it: the network that it is plugged into says most. */
function nameOf({ network, macAddress, deviceConfigId }: Nic): string {
  return network || macAddress?.toLowerCase() || String(deviceConfigId)
}

/** Addresses that are in use; the plain list where the detailed one is missing. */
function usableOf({ ipConfig, ipAddress = [] }: Nic): readonly string[] {
  const configured = (ipConfig?.ipAddress ?? []).filter(({ state }) => state === undefined || state === 'preferred')
  return configured.length > 0 ? configured.map((one) => one.ipAddress) : ipAddress
}
