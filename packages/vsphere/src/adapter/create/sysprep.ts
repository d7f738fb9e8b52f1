import type { ProblemCollector } from '@dcm/core'
import type { MethodArguments } from '../../client/method-types.js'
import type { DetailRow } from '../map-vm.js'
import { type CreateContext, extensionOf, type SealedSpec } from './state.js'

type Customization = NonNullable<MethodArguments<'CloneVM_Task'>['spec']['customization']>

/** GMT Standard Time, in Microsoft's index of time zones: without summer time it is UTC. */
const defaultTimeZone = 85

export function isWindows(template: Pick<DetailRow, 'config.guestId'>): boolean {
  return /^win/i.test(template['config.guestId'] ?? '')
}

/** CustomizationSysprep: what an answer file would say. Its secrets are looked up for this one call. */
export async function sysprepOf(spec: SealedSpec, reveal: CreateContext['reveal']): Promise<Customization['identity']> {
  const { windows = {} } = extensionOf(spec)
  const { adminPassword, autoLogonCount = 0, joinDomain, productKey, runOnce } = windows
  const secret = async (value: Parameters<typeof reveal>[0]) => (await reveal(value)).reveal()
  const passwordOf = async (value: Parameters<typeof reveal>[0]) => ({ value: await secret(value), plainText: true })
  return {
    _type: 'CustomizationSysprep',
    guiUnattended: {
      ...(adminPassword !== undefined && { password: await passwordOf(adminPassword) }),
      timeZone: windows.timeZone ?? defaultTimeZone,
      autoLogon: autoLogonCount > 0,
      autoLogonCount,
    },
    userData: {
      fullName: windows.fullName ?? 'Administrator',
      orgName: windows.organization ?? 'Organization',
      computerName: { _type: 'CustomizationFixedName', name: computerNameOf(spec).name },
      // Empty: the template's own key, or the one of a volume licence, stays.
      productId: productKey === undefined ? '' : await secret(productKey),
    },
    ...(runOnce !== undefined && runOnce.length > 0 && { guiRunOnce: { commandList: runOnce } }),
    identification:
      joinDomain === undefined
        ? { joinWorkgroup: windows.workgroup ?? 'WORKGROUP' }
        : {
            joinDomain: joinDomain.name,
            domainAdmin: joinDomain.userName,
            domainAdminPassword: await passwordOf(joinDomain.password),
            ...(joinDomain.organizationalUnit !== undefined && { domainOU: joinDomain.organizationalUnit }),
          },
  }
}

/** The name that the guest gets, and the field it comes from. */
function computerNameOf(spec: SealedSpec): { readonly name: string; readonly path: string } {
  const { windows = {} } = extensionOf(spec)
  if (windows.computerName !== undefined) {
    return { name: windows.computerName, path: 'extensions.vsphere.windows.computerName' }
  }
  const hostname = spec.customization?.hostname
  const [name = ''] = (hostname ?? spec.name).split('.')
  return { name, path: hostname === undefined ? 'name' : 'customization.hostname' }
}

/** A NetBIOS name: at most 15 letters, digits and hyphens, not of digits alone. */
const netBiosName = /^(?!\d+$)(?!-)[A-Za-z0-9-]{1,15}(?<!-)$/

/** What of the specification a Windows guest cannot take; the caller knows that the guest is customised at all. */
export function checkSysprep(spec: SealedSpec, problems: ProblemCollector): void {
  const { domain, windows = {} } = extensionOf(spec)
  const { name, path } = computerNameOf(spec)
  if (!netBiosName.test(name)) {
    const why = `gives the guest the name '${name}', and Windows takes at most 15 letters, digits and hyphens, not of digits alone`
    problems.invalid(path, `${why}: set extensions.vsphere.windows.computerName`)
  }
  if (domain !== undefined) {
    problems.invalid(
      'extensions.vsphere.domain',
      'is for Linux guests: name it in extensions.vsphere.windows.joinDomain',
    )
  }
  if ((windows.autoLogonCount ?? 0) > 0 && windows.adminPassword === undefined) {
    problems.invalid('extensions.vsphere.windows.autoLogonCount', 'needs adminPassword beside it: it logs on with that')
  }
}
