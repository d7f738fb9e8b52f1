import type { ManagedType, Member, Method, SchemaModel } from '../model/schema-model.js'
import { basesOf, complexType } from '../model/walk.js'
import type { GenerationPlan } from '../plan/generation-plan.js'
import { header, relativePath } from './module-text.js'
import { literal } from './type-text.js'

/** Every server that is still met has what came with this version or before. */
const known = 6

/**
 * Methods of each managed type, and paths of its properties, that came later than its oldest servers: by their names, the version
 * that brought them. Those of the bases are among them. Of a path the shortest beginning that is newer stands for all that begin so.
 * Of arguments there are the parameters and the members of each (`CloneVM_Task.spec.tpmProvisionPolicy`).
 * Paths lead through no list, since none can be read there, and into the declared types alone.
 */
export function newerNames(model: SchemaModel, managed: ManagedType): ReadonlyMap<string, string> {
  const newer = new Map<string, string>()
  for (const { methods, properties, facts } of withBases(model, managed)) {
    for (const method of methods) visitMethod(method, facts.since)
    for (const property of properties) visit(property, '', [])
  }
  return newer

  function note(name: string, since: string | undefined): boolean {
    if (since === undefined || Number.parseFloat(since) <= known) return false
    newer.set(name, since)
    return true
  }

  function visitMethod({ name, facts, request }: Method, since: string | undefined): void {
    if (note(name, facts.since ?? since)) return
    for (const parameter of complexType(model, request).members) {
      const path = `${name}.${parameter.name}`
      if (note(path, parameter.facts.since) || parameter.list) continue
      for (const { name, facts } of membersOf(model, parameter)) note(`${path}.${name}`, facts.since)
    }
  }

  function visit(member: Member, above: string, within: readonly string[]): void {
    const path = above + member.name
    if (note(path, member.facts.since) || member.list || !('type' in member.value)) return
    const { type } = member.value
    if (within.includes(type)) return
    for (const below of membersOf(model, member)) visit(below, `${path}.`, [...within, type])
  }
}

/** Elements of what a member holds, those of its bases too; none where it holds no complex type. */
function membersOf(model: SchemaModel, { value }: Member): Member[] {
  const type = 'type' in value ? model.types.get(value.type) : undefined
  if (type?.form !== 'complex') return []
  return [type, ...basesOf(model, type)].flatMap(({ members }) => members.filter(({ place }) => place === 'element'))
}

function withBases(model: SchemaModel, managed: ManagedType): ManagedType[] {
  const base = model.managedTypes.find(({ name }) => name === managed.base)
  return base === undefined ? [managed] : [managed, ...withBases(model, base)]
}

/** One file for each managed type that has such names, and the index that loads them. */
export function newerNamesFiles(plan: GenerationPlan): ReadonlyMap<string, string> {
  const files = new Map<string, string>()
  const entries: string[] = []
  for (const { path, managedType } of plan.modules) {
    if (managedType === undefined) continue
    const names = newerNames(plan.model, managedType)
    if (names.size === 0) continue
    const versions = [...new Set(names.values())].sort()
    const lines = versions.map((version) => {
      const those = [...names].filter(([, since]) => since === version).map(([name]) => name)
      return `  ${literal(version)}: ${literal(those.sort().join(' '))},\n`
    })
    files.set(
      `since/${path}.ts`,
      `${header(plan)}const since: Readonly<Record<string, string>> = {\n${lines.join('')}}\n\nexport default since\n`,
    )
    entries.push(`  ${managedType.name}: () => import('${relativePath('since', `since/${path}`)}'),\n`)
  }
  if (entries.length === 0) return files
  const type = 'Readonly<Record<string, string>>'
  files.set(
    'since.ts',
    [
      header(plan),
      `/**\n * Methods, their arguments and property paths of each managed type that came later than version ${known}.0: by that version, with blanks in between.\n`,
      ` * A path stands for those that begin with it. Types without such names are left out.\n */\n`,
      `export const newerNames: Readonly<Record<string, () => Promise<{ default: ${type} }>>> = {\n`,
      ...entries,
      '}\n',
    ].join(''),
  )
  return files
}
