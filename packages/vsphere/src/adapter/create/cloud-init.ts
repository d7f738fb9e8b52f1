import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { ProblemCollector } from '@dcm/core'
import type { MethodArguments } from '../../client/method-types.js'
import { type CreateContext, extensionOf, type SealedSpec } from './state.js'

type Customization = NonNullable<MethodArguments<'CloneVM_Task'>['spec']['customization']>

/**
 * Advanced settings that the data source VMware of cloud-init reads in the guest: `guestinfo.metadata` and `guestinfo.userdata`,
 * each with its encoding. None where customisation delivers both.
 */
export async function guestInfoOf(
  spec: SealedSpec,
  reveal: CreateContext['reveal'],
): Promise<Readonly<Record<string, string>>> {
  const { cloudInit = {} } = extensionOf(spec)
  if (cloudInit.deliverBy === 'customization') return {}
  const documents = { metadata: cloudInit.metaData, userdata: spec.customization?.userData }
  const encoding = cloudInit.encoding ?? 'base64'
  const settings: Record<string, string> = {}
  for (const [name, secret] of Object.entries(documents)) {
    if (secret === undefined) continue
    const plain = Buffer.from((await reveal(secret)).reveal())
    const bytes = encoding === 'base64' ? plain : await promisify(gzip)(plain)
    settings[`guestinfo.${name}`] = bytes.toString('base64')
    settings[`guestinfo.${name}.encoding`] = encoding
  }
  return settings
}

/** CustomizationCloudinitPrep (vCenter 7.0.3): the server hands both documents to cloud-init in the guest. */
export async function cloudInitOf(spec: SealedSpec, reveal: CreateContext['reveal']): Promise<Customization> {
  const { metaData } = extensionOf(spec).cloudInit ?? {}
  const userData = spec.customization?.userData
  return {
    identity: {
      _type: 'CustomizationCloudinitPrep',
      metadata: metaData === undefined ? '' : (await reveal(metaData)).reveal(),
      ...(userData !== undefined && { userdata: (await reveal(userData)).reveal() }),
    },
    globalIPSettings: {},
  }
}

const path = 'extensions.vsphere.cloudInit'

/** What cannot be said beside a delivery by customisation, whose metadata say all of it. */
export function checkCloudInit(spec: SealedSpec, version: string, problems: ProblemCollector): void {
  const { cloudInit, domain } = extensionOf(spec)
  if (cloudInit?.deliverBy !== 'customization') return
  if (!isAtLeast703(version)) {
    problems.invalid(`${path}.deliverBy`, `needs vCenter 7.0.3, and this one is ${version}: leave it out`)
  }
  if (cloudInit.metaData === undefined)
    problems.invalid(`${path}.metaData`, 'is needed for a delivery by customization')
  if (cloudInit.encoding !== undefined) problems.invalid(`${path}.encoding`, 'is of guestinfo settings: leave it out')
  const { hostname, dnsServers, searchDomains } = spec.customization ?? {}
  const told: Record<string, unknown> = { 'extensions.vsphere.domain': domain }
  for (const [field, value] of Object.entries({ hostname, dnsServers, searchDomains })) {
    told[`customization.${field}`] = value
  }
  for (const [index, { ipv4, ipv6 }] of (spec.nics ?? []).entries()) {
    told[`nics[${index}].ipv4`] = ipv4
    told[`nics[${index}].ipv6`] = ipv6
  }
  for (const [field, value] of Object.entries(told)) {
    if (value !== undefined) problems.invalid(field, `cannot stand beside ${path}: say it in its metaData`)
  }
}

function isAtLeast703(version: string): boolean {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number)
  return major > 7 || (major === 7 && (minor > 0 || patch >= 3))
}
