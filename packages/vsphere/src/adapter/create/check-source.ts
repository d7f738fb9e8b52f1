import type { ProblemCollector } from '@dcm/core'
import { bytesOfDisk, type DetailRow, isDisk, isNic } from '../map-vm.js'
import { checkGuest, checkNoGuest } from './check-guest.js'
import type { SealedSpec } from './state.js'
import type { Survey } from './survey.js'

export function checkTemplate(
  { spec }: { readonly spec: SealedSpec },
  template: DetailRow,
  version: string,
  problems: ProblemCollector,
): void {
  checkGuest(spec, template, version, problems)
  const disks = (template['config.hardware.device'] ?? []).filter(isDisk)
  for (const [index, { sizeBytes }] of (spec.disks ?? []).entries()) {
    const disk = disks[index]
    if (disk !== undefined && sizeBytes < bytesOfDisk(disk)) {
      problems.invalid(`disks[${index}].sizeBytes`, `is smaller than the template's disk of ${bytesOfDisk(disk)} bytes`)
    }
  }
  if (spec.source.from === 'template' && spec.source.clone === 'linked' && !template['snapshot.currentSnapshot']) {
    problems.invalid(
      'source.clone',
      "cannot be 'linked': the template has no snapshot that a linked clone could hang on",
    )
  }
  const nics = (template['config.hardware.device'] ?? []).filter(isNic).length
  const { customization, nics: wanted = [] } = spec
  const customized =
    customization?.hostname ?? customization?.dnsServers ?? wanted.find(({ ipv4, ipv6 }) => ipv4 ?? ipv6)
  if (customized !== undefined && nics === 0 && wanted.length === 0) {
    problems.invalid('customization', 'needs a network interface: the template has none')
  }
}

export function checkBlank({ spec, problems }: Survey): void {
  checkNoGuest(spec, problems)
  if (spec.cpus === undefined) problems.invalid('cpus', 'is required for a blank VM')
  if (spec.memoryBytes === undefined) problems.invalid('memoryBytes', 'is required for a blank VM')
  if (spec.customization?.hostname !== undefined) {
    problems.invalid('customization.hostname', 'needs a template: a blank VM has no guest yet')
  }
}
