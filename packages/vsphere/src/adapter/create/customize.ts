import type { MethodArguments } from '../../client/method-types.js'
import type { DetailRow } from '../map-vm.js'
import { isNic } from '../map-vm.js'
import { cloudInitOf } from './cloud-init.js'
import { type CreateContext, extensionOf, type SealedSpec } from './state.js'
import { isWindows, sysprepOf } from './sysprep.js'

type CloneSpec = MethodArguments<'CloneVM_Task'>['spec']
export type CustomizationInput = NonNullable<CloneSpec['customization']>

/**
 * What a clone's guest is told at its first boot; undefined where nothing is asked for. VMware Tools do it in Linux, sysprep in
 * Windows: the template's guest decides. `CustomizationCloudinitPrep` stands in its place where it is asked for.
 */
export async function customizationOf(
  { input: { spec }, reveal }: Pick<CreateContext, 'input' | 'reveal'>,
  template: DetailRow,
): Promise<CustomizationInput | undefined> {
  const { cloudInit, windows } = extensionOf(spec)
  if (cloudInit?.deliverBy === 'customization') return cloudInitOf(spec, reveal)
  const { hostname, dnsServers = [], searchDomains = [] } = spec.customization ?? {}
  const addressed = (spec.nics ?? []).some(({ ipv4, ipv6 }) => ipv4 !== undefined || ipv6 !== undefined)
  const asked =
    hostname !== undefined || dnsServers.length > 0 || searchDomains.length > 0 || addressed || windows !== undefined
  if (!asked) return undefined
  if (!isWindows(template)) {
    return {
      options: { _type: 'CustomizationLinuxOptions' },
      identity: linuxPrepOf(spec),
      globalIPSettings: { dnsServerList: dnsServers, dnsSuffixList: searchDomains },
      nicSettingMap: adaptersOf(spec, template),
    }
  }
  return {
    options: { _type: 'CustomizationWinOptions', changeSID: true, deleteAccounts: false, reboot: 'reboot' },
    identity: await sysprepOf(spec, reveal),
    globalIPSettings: { dnsSuffixList: searchDomains },
    // Windows takes its name servers by the card; those of all cards are read by Linux alone.
    nicSettingMap: adaptersOf(spec, template).map(({ adapter }) => ({
      adapter: { ...adapter, dnsServerList: dnsServers },
    })),
  }
}

function linuxPrepOf(spec: SealedSpec): CustomizationInput['identity'] {
  const { customization = {}, name } = spec
  const { hostname, searchDomains = [] } = customization
  const [host = name, ...rest] = (hostname ?? name).split('.')
  const domain = extensionOf(spec).domain ?? (rest.length > 0 ? rest.join('.') : (searchDomains[0] ?? 'local'))
  return { _type: 'CustomizationLinuxPrep', hostName: { _type: 'CustomizationFixedName', name: host }, domain }
}

/** Every card needs an entry. */
function adaptersOf({ nics = [] }: SealedSpec, template: DetailRow) {
  const cards = Math.max((template['config.hardware.device'] ?? []).filter(isNic).length, nics.length)
  return Array.from({ length: cards }, (_, index) => ({ adapter: adapterOf(nics[index]) }))
}

type Nic = NonNullable<SealedSpec['nics']>[number]

function adapterOf(nic: Nic | undefined): NonNullable<CustomizationInput['nicSettingMap']>[number]['adapter'] {
  const ipv6 = typeof nic?.ipv6 === 'object' ? addressOf(nic.ipv6.cidr) : undefined
  const gateway6 = typeof nic?.ipv6 === 'object' ? nic.ipv6.gateway : undefined
  const ipV6Spec = ipv6 && {
    ip: [{ _type: 'CustomizationFixedIpV6' as const, ipAddress: ipv6.address, subnetMask: ipv6.prefix }],
    ...(gateway6 !== undefined && { gateway: [gateway6] }),
  }
  if (typeof nic?.ipv4 !== 'object') {
    return { ip: { _type: 'CustomizationDhcpIpGenerator' }, ...(ipV6Spec && { ipV6Spec }) }
  }
  const { address, prefix } = addressOf(nic.ipv4.cidr)
  return {
    ip: { _type: 'CustomizationFixedIp', ipAddress: address },
    subnetMask: netmaskOf(prefix),
    ...(nic.ipv4.gateway !== undefined && { gateway: [nic.ipv4.gateway] }),
    ...(ipV6Spec && { ipV6Spec }),
  }
}

function addressOf(cidr: string): { readonly address: string; readonly prefix: number } {
  const [address = '', prefix = ''] = cidr.split('/')
  return { address, prefix: Number(prefix) }
}

/** `255.255.255.0` of 24. */
export function netmaskOf(prefix: number): string {
  const bits = prefix === 0 ? 0 : (0xffffffff << (32 - prefix)) >>> 0
  return [24, 16, 8, 0].map((shift) => (bits >>> shift) & 0xff).join('.')
}
