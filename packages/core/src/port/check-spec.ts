import type { Problem } from '../errors/error-codes.js'
import { HypervisorError } from '../errors/hypervisor-error.js'
import type { Capabilities } from '../model/capabilities.js'
import type { VmProvisionSpec } from '../model/provision.js'
import type { AnyPlugin } from '../plugin.js'
import { checkValue, invalidArgument } from '../schema/check.js'
import { specSchema } from './spec-schema.js'

/**
 * The specification as its schemas read it. INVALID_ARGUMENT with every problem: of the common part, of the platform's
 * own extension, and of extensions that are another platform's.
 */
export async function checkSpec(spec: unknown, plugin: AnyPlugin): Promise<VmProvisionSpec> {
  const checked = await checkValue(specSchema, spec)
  const given = extensionsIn(spec)
  const others = Object.keys(given).filter((type) => type !== plugin.type && given[type] !== undefined)
  const problems: Problem[] = others.map((type) => ({
    path: `extensions.${type}`,
    message: `is for another platform: this endpoint is '${plugin.type}'`,
  }))
  const own = Object.hasOwn(given, plugin.type) ? given[plugin.type] : undefined
  const extension =
    own === undefined ? undefined : await checkValue(plugin.extensionSchema, own, `extensions.${plugin.type}`)
  const all = [...(checked.problems ?? []), ...problems, ...(extension?.problems ?? [])]
  if (checked.problems || all.length > 0) throw invalidArgument('the specification', all)
  const { extensions, ...common } = checked.value
  if (!extension || extension.problems) return common
  return { ...common, extensions: { [plugin.type]: extension.value } }
}

/**
 * Refuses what this endpoint is known not to take, before anything is asked for: INVALID_ARGUMENT for sizes and names,
 * UNSUPPORTED for what it cannot do at all.
 */
export function checkAgainstCapabilities(spec: VmProvisionSpec, capabilities: Capabilities): void {
  const problems = valueProblems(spec, capabilities)
  const lacking = lackingAbilities(spec, capabilities)
  if (problems.length > 0) throw invalidArgument('the specification', [...problems, ...lacking])
  if (lacking.length === 0) return
  const message = `this endpoint cannot do what the specification asks for: ${lacking.map(({ path, message }) => `${path} ${message}`).join('; ')}`
  throw new HypervisorError('UNSUPPORTED', message, {
    details: { feature: lacking.map(({ path }) => path).join(', ') },
  })
}

/** What of these values does not fit this endpoint's rules for names, tags and sizes. */
export function valueProblems(
  values: Partial<Pick<VmProvisionSpec, 'name' | 'description' | 'tags' | 'cpus' | 'memoryBytes' | 'disks' | 'nics'>>,
  capabilities: Capabilities,
): readonly Problem[] {
  return [...nameProblems(values, capabilities), ...sizeProblems(values, capabilities)]
}

function nameProblems(
  spec: Partial<Pick<VmProvisionSpec, 'name' | 'description' | 'tags'>>,
  { naming }: Capabilities,
): readonly Problem[] {
  const problems: Problem[] = []
  if (spec.name !== undefined && spec.name.length > naming.vmNameMaxLength) {
    const message = `has ${spec.name.length} characters; this endpoint takes at most ${naming.vmNameMaxLength}`
    problems.push({ path: 'name', message })
  } else if (spec.name !== undefined && !new RegExp(naming.vmNamePattern, 'u').test(spec.name)) {
    problems.push({ path: 'name', message: patternMessage(naming.vmNamePattern, naming.vmNamePatternSays) })
  }
  const { tagPattern, descriptionMaxLength = Number.POSITIVE_INFINITY } = naming
  const tagForm = tagPattern === undefined ? undefined : new RegExp(tagPattern, 'u')
  for (const [index, tag] of (spec.tags ?? []).entries()) {
    if (tagPattern !== undefined && tagForm?.test(tag) === false) {
      problems.push({ path: `tags[${index}]`, message: patternMessage(tagPattern, naming.tagPatternSays) })
    }
  }
  const length = spec.description?.length ?? 0
  if (length > descriptionMaxLength) {
    problems.push({
      path: 'description',
      message: `has ${length} characters; at most ${descriptionMaxLength} are kept`,
    })
  }
  return problems
}

function patternMessage(pattern: string, says: string | undefined): string {
  return says ?? `does not fit what this endpoint takes: ${pattern}`
}

function sizeProblems(
  spec: Partial<Pick<VmProvisionSpec, 'cpus' | 'memoryBytes' | 'disks' | 'nics'>>,
  { granularity, limits }: Capabilities,
): readonly Problem[] {
  const { cpus, memoryBytes, disks = [], nics = [] } = spec
  return [
    ...tooLarge('cpus', cpus, limits.maxCpus),
    ...tooLarge('memoryBytes', memoryBytes, limits.maxMemoryBytes),
    ...offGrid('memoryBytes', memoryBytes, granularity.memoryBytes),
    ...disks.flatMap(({ sizeBytes }, index) => offGrid(`disks[${index}].sizeBytes`, sizeBytes, granularity.diskBytes)),
    ...tooLarge('disks', disks.length, limits.maxDisks),
    ...tooLarge('nics', nics.length, limits.maxNics),
  ]
}

function tooLarge(path: string, value: number | undefined, most: number | undefined): readonly Problem[] {
  if (value === undefined || most === undefined || value <= most) return []
  return [{ path, message: `is ${value}; this endpoint takes at most ${most}` }]
}

export function offGrid(path: string, value: number | undefined, step: number): readonly Problem[] {
  if (value === undefined || value % step === 0) return []
  const below = Math.floor(value / step) * step
  const choices = below === 0 ? `${step}` : `${below} or ${below + step}`
  return [{ path, message: `must be a multiple of ${step} bytes here: ${choices}` }]
}

function lackingAbilities(spec: VmProvisionSpec, { create }: Capabilities): readonly Problem[] {
  const { source, customization = {}, nics = [] } = spec
  const problems: Problem[] = []
  if (!create.sources.includes(source.from)) {
    problems.push({ path: 'source.from', message: `must be ${words(create.sources)} here` })
  }
  if (source.from === 'template' && source.clone !== undefined && !create.cloneModes.includes(source.clone)) {
    problems.push({ path: 'source.clone', message: `must be ${words(create.cloneModes)} here` })
  }
  const asked = [
    ['hostname', 'hostname', customization.hostname],
    ['user', 'userName', customization.userName],
    ['password', 'password', customization.password],
    ['ssh-keys', 'sshPublicKeys', customization.sshPublicKeys],
    ['dns', 'dnsServers', customization.dnsServers ?? customization.searchDomains],
    ['user-data', 'userData', customization.userData],
  ] as const
  for (const [ability, field, value] of asked) {
    if (value === undefined || create.customization.includes(ability)) continue
    problems.push({ path: `customization.${field}`, message: 'cannot be set on this endpoint' })
  }
  for (const [index, { ipv4, ipv6 }] of nics.entries()) {
    if ((ipv4 === undefined && ipv6 === undefined) || create.customization.includes('ip')) continue
    const path = `nics[${index}].${ipv4 === undefined ? 'ipv6' : 'ipv4'}`
    problems.push({ path, message: 'cannot be set on this endpoint' })
  }
  return problems
}

function words(list: readonly string[]): string {
  return list.length === 0 ? 'left out' : list.map((word) => `'${word}'`).join(' or ')
}

function extensionsIn(spec: unknown): Readonly<Record<string, unknown>> {
  if (typeof spec !== 'object' || spec === null || !('extensions' in spec)) return {}
  const { extensions } = spec
  if (typeof extensions !== 'object' || extensions === null || Array.isArray(extensions)) return {}
  return extensions as Readonly<Record<string, unknown>>
}
