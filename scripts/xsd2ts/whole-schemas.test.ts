import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build, type Plugin } from 'esbuild'
import { type Program, Project } from 'ts-morph'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SchemaPart, XmlSchema } from '../../packages/wire/src/xml/index.js'
import { emitFiles } from './emit/emit-files.js'
import { planHmc, planVim } from './testing/parts.js'

const root = fileURLToPath(new URL('../../', import.meta.url))
const hmc = emitFiles(planHmc())
const vimPlan = planVim()
const vim = emitFiles(vimPlan)
const codec = join(root, 'packages/wire/src/xml/index.ts')

/** Twenty uses of vim25 types, as a client has them. */
const consumer = `
import { compileDecoder, compileEncoder, knownPart, soapPart, type SoapTypes, type XmlInput } from '@dcm/wire/xml'
import { loadVim25Facts, loadVim25Schema, type Datastore, type Event, type HostSystem, type MethodFault, type TaskInfo, type Vim25Methods, type VirtualDevice, type VirtualMachine } from './vim25/index.js'
export async function prepare(): Promise<unknown> {
  const schema = await loadVim25Schema<SoapTypes>(['virtual-machine', 'faults'], soapPart)
  return [
    compileDecoder(schema, 'RetrieveResult'), compileDecoder(schema, 'TaskInfo'), compileDecoder(schema, 'UpdateSet'),
    compileDecoder(schema, 'UserSession'), compileDecoder(schema, 'ServiceContent'), compileDecoder(schema, 'SoapEnvelope'),
    compileDecoder(schema, 'VirtualMachineConfigInfo', { select: { hardware: { device: true, numCPU: true }, uuid: true } }),
    compileEncoder(schema, 'PowerOnVMRequest'), compileEncoder(schema, 'CloneVMRequest'), compileEncoder(schema, 'LoginRequest'),
    await loadVim25Facts('VirtualMachine'),
  ]
}
export function diskSizes(devices: readonly VirtualDevice[]): (number | bigint)[] {
  return devices.flatMap((device) => (device._type === 'VirtualDisk' ? [device.capacityInKB] : []))
}
export const key = (device: VirtualDevice): number => (device._type === '$unknown' ? device.base.key : device.key)
export const state = (task: TaskInfo): string => task.state
export const privilege = (fault: MethodFault): string | undefined => (fault._type === 'NoPermission' ? fault.privilegeId : undefined)
export const name = (event: Event): string | undefined => (event._type === 'VmPoweredOnEvent' ? event.vm?.name : undefined)
export const host = (system: HostSystem): readonly unknown[] => [system.name, system.summary.hardware?.cpuModel]
export const capacity = (datastore: Datastore): number | bigint => datastore.summary.capacity
export const power = (machine: VirtualMachine): 'poweredOn' | (string & {}) => machine.runtime.powerState
export const reference = (answer: Vim25Methods['CloneVM_Task']['result']): string => answer.value
export const spec = (request: Vim25Methods['CloneVM_Task']['request']): boolean => request.spec.powerOn
export const keys = (devices: readonly VirtualDevice[]): number[] => devices.map((device) => knownPart(device).key)
export const clone: XmlInput<Vim25Methods['CloneVM_Task']['request']> = {
  _this: { type: 'VirtualMachine', value: 'vm-50' },
  folder: { type: 'Folder', value: 'group-v3' },
  name: 'app-01',
  spec: {
    location: { pool: { type: 'ResourcePool', value: 'resgroup-8' } },
    template: false,
    powerOn: false,
    config: { numCPUs: 4, extraConfig: [{ _type: 'OptionValue', key: 'marker', value: 'x' }] },
  },
}
export const done: Vim25Methods['PowerOnVM_Task']['task'] = undefined
`

const wrongConsumer = `
import type { VirtualDevice, TaskInfo } from './vim25/index.js'
export const wrong = (device: VirtualDevice): unknown => device.capacityInKB
export const missing = (task: TaskInfo): unknown => task.noSuchThing
`

describe('generated code', () => {
  const folder = join(root, 'scripts/xsd2ts/.output')
  let program: Program

  beforeAll(() => {
    const project = new Project({
      tsConfigFilePath: join(root, 'tsconfig.base.json'),
      skipAddingFilesFromTsConfig: true,
      skipFileDependencyResolution: true,
      compilerOptions: { paths: { '@dcm/wire/xml': [codec] } },
    })
    for (const [path, text] of hmc) project.createSourceFile(join(folder, 'hmc', path), text)
    for (const [path, text] of vim) project.createSourceFile(join(folder, 'vim25', path), text)
    project.createSourceFile(join(folder, 'consumer.ts'), consumer)
    project.createSourceFile(join(folder, 'wrong-consumer.ts'), wrongConsumer)
    program = project.getProgram()
  })

  it('of all HMC schemas and of vim25 compiles under the flags of the repository', () => {
    const own = program
      .getSemanticDiagnostics()
      .filter((each) => each.getSourceFile()?.getFilePath().includes('.output'))
    const messages = own.map(
      (each) => `${each.getSourceFile()?.getBaseName()}: ${program.compilerObject && textOf(each.getMessageText())}`,
    )
    expect(messages).toEqual([
      expect.stringContaining('wrong-consumer.ts'),
      expect.stringContaining('wrong-consumer.ts'),
    ])
    const declarations = program
      .getDeclarationDiagnostics()
      .filter((each) => each.getSourceFile()?.getFilePath().includes('.output'))
    expect(declarations.map((each) => textOf(each.getMessageText()))).toEqual([])
    expect(hmc.size + vim.size).toBeGreaterThan(200)
  })

  it('costs the compiler of a program that uses it little', () => {
    // Not declared, but what \`tsc --extendedDiagnostics\` prints.
    const { getInstantiationCount } = program.compilerObject as unknown as { getInstantiationCount(): number }
    expect(getInstantiationCount()).toBeLessThan(20_000)
  })
})

function textOf(message: unknown): string {
  return typeof message === 'string' ? message : JSON.stringify(message)
}

describe('loading by need', () => {
  const folder = mkdtempSync(join(tmpdir(), 'xsd2ts-'))
  afterAll(() => rmSync(folder, { recursive: true }))

  const generatedFiles: Plugin = {
    name: 'generated files',
    setup(builder) {
      builder.onResolve({ filter: /^@dcm\/wire\/xml$/ }, () => ({ path: codec }))
      builder.onResolve({ filter: /^\./, namespace: 'generated' }, ({ path, importer }) => ({
        path: join('/', importer, '..', path).slice(1).replace(/\.js$/, '.ts'),
        namespace: 'generated',
      }))
      builder.onResolve({ filter: /^(?:schema|facts)\.ts$/ }, ({ path }) => ({ path, namespace: 'generated' }))
      builder.onLoad({ filter: /./, namespace: 'generated' }, ({ path }) => ({
        contents: vim.get(path) ?? '',
        loader: 'ts',
      }))
    },
  }

  interface Loader {
    loadVim25Schema(wanted: readonly string[], ...further: readonly SchemaPart[]): Promise<XmlSchema>
    loadVim25Facts(name: string): Promise<{ readonly methods: Readonly<Record<string, unknown>> } | undefined>
  }
  let loader: Loader

  beforeAll(async () => {
    await build({
      entryPoints: ['schema.ts', 'facts.ts'],
      outdir: folder,
      bundle: true,
      splitting: true,
      format: 'esm',
      platform: 'node',
      outExtension: { '.js': '.mjs' },
      plugins: [generatedFiles],
    })
    const load = (name: string): Promise<Loader> =>
      import(/* @vite-ignore */ pathToFileURL(join(folder, `${name}.mjs`)).href)
    loader = { ...(await load('schema')), ...(await load('facts')) }
  })

  const countTypes = (schema: XmlSchema): number =>
    schema.parts.reduce((sum, part) => sum + Object.keys(part.types).length, 0)

  it('gives a program the types that it needs and few others', async () => {
    const all = vimPlan.modules.flatMap((module) => module.types.filter((type) => type.form === 'complex')).length
    expect(all).toBeGreaterThan(5_000)
    const session = countTypes(await loader.loadVim25Schema(['session-manager', 'property-collector', 'task']))
    const machine = countTypes(await loader.loadVim25Schema(['virtual-machine']))
    console.log(`types loaded of ${all}: session, collector and tasks ${session}, virtual machines ${machine}`)
    expect(session).toBeLessThan(all * 0.07)
    expect(machine).toBeLessThan(all * 0.25)
  })

  it('loads each part once, and gives facts of managed types', async () => {
    const { parts } = await loader.loadVim25Schema(['virtual-machine', 'host-system', 'virtual-machine'])
    expect(new Set(parts).size).toBe(parts.length)
    const facts = await loader.loadVim25Facts('VirtualMachine')
    expect(facts?.methods.PowerOnVM_Task).toEqual({
      request: 'PowerOnVMRequest',
      response: 'PowerOnVM_TaskResponse',
      task: 'void',
      faults: 'FileFault InsufficientResourcesFault InvalidState TaskInProgress VmConfigFault',
      since: '2.0',
      privilege: 'VirtualMachine.Interact.PowerOn',
    })
    expect(await loader.loadVim25Facts('__proto__')).toBeUndefined()
    expect(await loader.loadVim25Facts('NoSuchType')).toBeUndefined()
  })
})
