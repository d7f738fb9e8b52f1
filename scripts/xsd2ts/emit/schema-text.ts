import { type GenerationPlan, typeMapOf } from '../plan/generation-plan.js'
import { header, importLine, relativeCodec, relativePath } from './module-text.js'
import { literal, propertyKey } from './type-text.js'

/** `types.ts`: all types by key, all managed types and methods by name. */
export function typesText(plan: GenerationPlan): string {
  const owners = plan.modules.filter((module) => module.managedType !== undefined)
  const imports = plan.modules.map((module) => {
    const managed = module.managedType?.name
    return importLine(
      [typeMapOf(plan, module), ...(managed === undefined ? [] : [managed, `${managed}Methods`])].sort(),
      relativePath('types', module.path),
    )
  })
  const extended = (names: readonly string[]): string =>
    names.length === 1 ? ` extends ${names[0]} {}\n` : `\n  extends ${names.join(',\n    ')} {}\n`
  const all = plan.modules.filter((module) => module.types.some((type) => type.form === 'complex'))
  const parts = [
    `/** Types of the schema by their keys. */\nexport interface ${plan.name}Types${extended(all.map((module) => typeMapOf(plan, module)))}`,
  ]
  if (owners.length > 0) {
    const names = owners.map((module) => module.managedType?.name ?? '')
    parts.push(
      `/** Properties of each managed type, by its name. */\nexport interface ${plan.name}ManagedTypes {\n${names.map((name) => `  readonly ${name}: ${name}\n`).join('')}}\n`,
      `/** Every method by its name: request, result, and what its task ends with. */\nexport interface ${plan.name}Methods${extended(names.map((name) => `${name}Methods`))}`,
    )
  }
  const needed = imports.filter((_, index) => {
    const module = plan.modules[index]
    return module !== undefined && (all.includes(module) || owners.includes(module))
  })
  return `${header(plan)}${needed.join('')}\n${parts.join('\n')}`
}

/** `schema.ts`: loads the parts that a program needs. */
export function schemaText(plan: GenerationPlan): string {
  const codec = plan.codec.startsWith('.') ? relativeCodec('schema', plan.codec) : plan.codec
  const owners = plan.modules.filter((module) => module.managedType !== undefined)
  const numbers = new Map(plan.modules.map((module, index) => [module.path, index]))
  const loaders = plan.modules.map(
    (module) => `  ${propertyKey(module.path)}: () => import('${relativePath('schema', module.path)}'),\n`,
  )
  const needs = plan.modules.map(
    (module) => `  ${propertyKey(module.path)}: [${module.needs.map((path) => numbers.get(path)).join(', ')}],\n`,
  )
  return [
    header(plan),
    `import { defineXmlSchema, type SchemaPart, type XmlSchema } from '${codec}'\n`,
    importLine([...(owners.length > 0 ? [`${plan.name}ManagedTypes`] : []), `${plan.name}Types`], './types.js'),
    `\n/** A part of the schema that a program can ask for. */\nexport type ${plan.name}Part =\n${plan.modules.map((module) => `  | ${literal(module.path)}\n`).join('')}`,
    `\nconst modules = {\n${loaders.join('')}}\n`,
    `\nconst names = Object.keys(modules) as ${plan.name}Part[] // the keys of a constant\n`,
    `\n/** Which parts each needs, by their place in \`modules\`. */\nconst needs: Readonly<Record<${plan.name}Part, readonly number[]>> = {\n${needs.join('')}}\n`,
    `\n/** Loads the parts named and what they need, each once, and joins them and \`further\` ones into a schema. */\n`,
    `export async function load${plan.name}Schema<Further extends object = object>(\n`,
    `  wanted: readonly ${plan.name}Part[],\n  ...further: readonly SchemaPart[]\n): Promise<XmlSchema<${plan.name}Types & Further>> {\n`,
    `  const numbers = new Set(wanted.flatMap((name) => needs[name]))\n`,
    `  const loaded = await Promise.all(names.filter((_, index) => numbers.has(index)).map((name) => modules[name]()))\n`,
    `  return defineXmlSchema(...loaded.map((module) => module.default), ...further)\n}\n`,
    ...(owners.length === 0
      ? []
      : [
          `\n/** The part that has each managed type. */\nconst partOfManagedType = {\n`,
          ...owners.map((module) => `  ${module.managedType?.name}: ${literal(module.path)},\n`),
          `} as const satisfies Readonly<Record<keyof ${plan.name}ManagedTypes, ${plan.name}Part>>\n`,
          `\n/** The part that has a managed type and its methods; undefined for a name that the schema does not have. */\n`,
          `export function partOf${plan.name}(managedType: string): ${plan.name}Part | undefined {\n`,
          `  return Object.hasOwn(partOfManagedType, managedType)\n`,
          `    ? partOfManagedType[managedType as keyof typeof partOfManagedType] // is a key of it\n    : undefined\n}\n`,
        ]),
  ].join('')
}

/** `facts.ts`: loads what managed types are at run time. */
export function factsText(plan: GenerationPlan): string {
  const owners = plan.modules.filter((module) => module.managedType !== undefined)
  return [
    header(plan),
    importLine(['ManagedTypeFacts'], './managed-type-facts.js'),
    importLine([`${plan.name}ManagedTypes`], './types.js'),
    `\nconst facts: Readonly<Record<keyof ${plan.name}ManagedTypes, () => Promise<{ default: ManagedTypeFacts }>>> = {\n`,
    ...owners.map(
      (module) => `  ${module.managedType?.name}: () => import('${relativePath('facts', `facts/${module.path}`)}'),\n`,
    ),
    `}\n\n/** Properties and methods of a managed type; undefined for a name that the schema does not have. */\n`,
    `export async function load${plan.name}Facts(name: string): Promise<ManagedTypeFacts | undefined> {\n`,
    `  if (!Object.hasOwn(facts, name)) return undefined\n`,
    `  return (await facts[name as keyof ${plan.name}ManagedTypes]()).default // is a key of it\n}\n`,
  ].join('')
}

/** `index.ts`. */
export function indexText(plan: GenerationPlan): string {
  const managed = plan.modules.some((module) => module.managedType !== undefined)
  const paths = [...(managed ? ['managed-type-facts'] : []), ...plan.modules.map(({ path }) => path), 'types']
  const values = managed
    ? `export { load${plan.name}Facts } from './facts.js'\nexport { load${plan.name}Schema, partOf${plan.name}, type ${plan.name}Part } from './schema.js'\n`
    : `export { load${plan.name}Schema, type ${plan.name}Part } from './schema.js'\n`
  return `${header(plan)}${paths.map((path) => `export type * from '${relativePath('index', path)}'\n`).join('')}${values}`
}
