import { mib } from '@dcm/core'
import { vmNameMaxLength, vmNamePattern } from '../capabilities.js'
import { descriptionMaxLength } from '../map-description.js'
import { tagPattern, tagPatternSays } from '../map-tags.js'
import type { Checks } from './checks.js'
import { extensionOf, type SealedSpec } from './state.js'

/** What is wrong with a specification without looking at the platform. */
export function checkCommon(spec: SealedSpec, checks: Checks): void {
  const { problems } = checks
  const { name, cpus, memoryBytes, disks = [], nics = [], tags = [], description = '', customization = {} } = spec
  const { sockets = 1 } = extensionOf(spec)
  if (name.length > vmNameMaxLength || !new RegExp(vmNamePattern).test(name)) {
    problems.invalid(
      'name',
      `must be a DNS name of at most ${vmNameMaxLength} characters: letters, digits, hyphens, dots`,
    )
  }
  if (cpus !== undefined && cpus % sockets !== 0) {
    problems.invalid('cpus', `must be a multiple of the ${sockets} sockets that extensions.proxmox.sockets asks for`)
  }
  if (memoryBytes !== undefined && memoryBytes % mib(1) !== 0) {
    problems.invalid('memoryBytes', 'must be a multiple of 1 MiB (1048576)')
  }
  if (memoryBytes !== undefined && memoryBytes < mib(16)) problems.invalid('memoryBytes', 'must be at least 16 MiB')
  for (const [index, { sizeBytes }] of disks.entries()) {
    if (sizeBytes % mib(1) !== 0) problems.invalid(`disks[${index}].sizeBytes`, 'must be a multiple of 1 MiB (1048576)')
  }
  for (const [index, { macAddress }] of nics.entries()) {
    if (macAddress !== undefined && Number.parseInt(macAddress.slice(0, 2), 16) % 2 === 1) {
      problems.invalid(`nics[${index}].macAddress`, 'is a multicast address: the first pair must be even')
    }
  }
  for (const [index, tag] of tags.entries()) {
    if (!new RegExp(tagPattern).test(tag)) problems.invalid(`tags[${index}]`, tagPatternSays)
  }
  if (description.length > descriptionMaxLength) {
    problems.invalid('description', `must have at most ${descriptionMaxLength} characters`)
  }
  if (customization.hostname !== undefined && customization.hostname !== name) {
    problems.invalid('customization.hostname', "must be the VM's name, which cloud-init takes for it; or leave it out")
  }
  if (customization.userData !== undefined) {
    checks.unsupported(
      'customization.userData',
      'put the document on a storage for snippets and name it in extensions.proxmox.cicustom',
    )
  }
}
