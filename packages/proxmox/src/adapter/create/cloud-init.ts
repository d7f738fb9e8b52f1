import { writePropertyString } from '../../client/property-string.js'
import { encodeSshKeys } from '../../client/ssh-keys.js'
import { extensionOf, type SealedSpec } from './state.js'

/** Parameters of cloud-init for a specification; empty when it says nothing to the guest. */
export function cloudInitOf(
  spec: SealedSpec,
  password: string | undefined,
): Readonly<Record<string, string | boolean>> {
  const { customization = {} } = spec
  const { cicustom, cloudInitUpgrade } = extensionOf(spec)
  const { userName, sshPublicKeys, dnsServers, searchDomains } = customization
  return {
    ...(userName !== undefined && { ciuser: userName }),
    ...(password !== undefined && { cipassword: password }),
    ...(sshPublicKeys !== undefined && sshPublicKeys.length > 0 && { sshkeys: encodeSshKeys(sshPublicKeys) }),
    ...(dnsServers !== undefined && dnsServers.length > 0 && { nameserver: dnsServers.join(' ') }),
    ...(searchDomains !== undefined && searchDomains.length > 0 && { searchdomain: searchDomains.join(' ') }),
    ...(cicustom !== undefined && { cicustom }),
    ...(cloudInitUpgrade !== undefined && { ciupgrade: cloudInitUpgrade }),
  }
}

/** `ipconfigN` of an interface; undefined when the specification leaves its address open. */
export function ipConfigOf(nic: NonNullable<SealedSpec['nics']>[number]): string | undefined {
  const { ipv4, ipv6 } = nic
  if (ipv4 === undefined && ipv6 === undefined) return undefined
  return writePropertyString({
    ip: typeof ipv4 === 'object' ? ipv4.cidr : ipv4,
    gw: typeof ipv4 === 'object' ? ipv4.gateway : undefined,
    ip6: typeof ipv6 === 'object' ? ipv6.cidr : ipv6,
    gw6: typeof ipv6 === 'object' ? ipv6.gateway : undefined,
  })
}

/** Does the specification tell the guest anything? */
export function wantsCloudInit(spec: SealedSpec): boolean {
  const { password, ...others } = spec.customization ?? {}
  const told = password !== undefined || Object.values(others).some((value) => value !== undefined)
  return (
    told || extensionOf(spec).cicustom !== undefined || (spec.nics ?? []).some((nic) => ipConfigOf(nic) !== undefined)
  )
}
