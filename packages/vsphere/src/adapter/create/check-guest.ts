import type { ProblemCollector } from '@dcm/core'
import type { DetailRow } from '../map-vm.js'
import { checkCloudInit } from './cloud-init.js'
import { extensionOf, type SealedSpec } from './state.js'
import { checkSysprep, isWindows } from './sysprep.js'

/** Does what the guest is told fit the template's guest? Each problem names its field. */
export function checkGuest(spec: SealedSpec, template: DetailRow, version: string, problems: ProblemCollector): void {
  const { cloudInit, windows } = extensionOf(spec)
  const { hostname, dnsServers, searchDomains } = spec.customization ?? {}
  const guestId = template['config.guestId'] ?? 'unknown'
  const addressed = (spec.nics ?? []).some(({ ipv4, ipv6 }) => ipv4 !== undefined || ipv6 !== undefined)
  if (!isWindows(template)) {
    if (windows !== undefined) {
      problems.invalid('extensions.vsphere.windows', `is for Windows guests, and the template's is '${guestId}'`)
    }
    checkCloudInit(spec, version, problems)
    return
  }
  if (cloudInit?.deliverBy === 'customization') {
    const message = `is for Linux guests, and the template's is '${guestId}': leave it out`
    problems.invalid('extensions.vsphere.cloudInit.deliverBy', message)
  } else if (windows ?? hostname ?? dnsServers ?? searchDomains ?? (addressed || undefined)) {
    checkSysprep(spec, problems)
  }
}

/** What only a template's guest can be told. */
export function checkNoGuest(spec: SealedSpec, problems: ProblemCollector): void {
  const { cloudInit, windows } = extensionOf(spec)
  if (windows !== undefined) problems.invalid('extensions.vsphere.windows', 'needs a template with Windows in it')
  if (cloudInit?.deliverBy === 'customization') {
    problems.invalid('extensions.vsphere.cloudInit.deliverBy', 'needs a template: a blank VM has no guest yet')
  }
}
