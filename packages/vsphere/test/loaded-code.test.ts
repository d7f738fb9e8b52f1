import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { startVsphereSimulatorProcess } from '@dcm/vsphere/simulator'
import { build } from 'esbuild'
import { afterAll, beforeAll, expect, it } from 'vitest'

const generated = new URL('../src/generated/', import.meta.url)

let simulator: Awaited<ReturnType<typeof startVsphereSimulatorProcess>>
beforeAll(async () => {
  simulator = await startVsphereSimulatorProcess({ seed: { vms: 3 } })
})
afterAll(() => simulator?.close())

const client = `
  import { createVsphereClient } from '@dcm/vsphere/client'
  const { url, ca, credentials } = JSON.parse(process.argv[1])
  const vcenter = createVsphereClient({ url, ca, auth: credentials })
  for await (const vm of vcenter.retrieve('VirtualMachine', ['name', 'runtime.powerState', 'config.hardware.memoryMB'])) console.log(vm.name)
  await vcenter.close()
`
const port = `
  import { createRegistry, unwrap } from '@dcm/core'
  import { vsphere } from '@dcm/vsphere'
  const { url, ca, credentials: { username, password } } = JSON.parse(process.argv[1])
  const auth = { username, password: { secretValue: password } }
  const port = unwrap(await createRegistry([vsphere]).connect({ type: 'vsphere', endpoint: 'lab', url, ca, auth }))
  for (const vm of unwrap(await port.listVms()).items) console.log(vm.name)
  await port.close()
`

/** Runs a program in a process of its own; gives the generated files that it loaded. */
async function filesLoadedBy(program: string): Promise<string[]> {
  const coverage = await mkdtemp(join(tmpdir(), 'dcm-loaded-'))
  try {
    const { url, ca, credentials } = simulator
    // Node writes down every script that it ran.
    const env = { ...process.env, NODE_V8_COVERAGE: coverage, NODE_OPTIONS: '' }
    const options = ['--import', 'tsx', '--conditions=@dcm/source', '--input-type=module', '--eval', program]
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [...options, JSON.stringify({ url, ca, credentials })],
      { cwd: fileURLToPath(new URL('..', import.meta.url)), env },
    )
    expect(stdout).toContain('app-01')
    const reports = await Promise.all(
      (await readdir(coverage)).map(async (file) => JSON.parse(await readFile(join(coverage, file), 'utf8')) as Report),
    )
    const urls = reports.flatMap(({ result }) => result.map((script) => script.url.split('?')[0] ?? ''))
    return [...new Set(urls.filter((each) => each.startsWith(generated.href)))].map((each) =>
      each.slice(generated.href.length),
    )
  } finally {
    await rm(coverage, { recursive: true })
  }
}

interface Report {
  readonly result: readonly { readonly url: string }[]
}

/** Bytes of a generated file without its types. */
async function bytesOf(path: string): Promise<number> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(path, generated))],
    write: false,
    logLevel: 'silent',
  })
  return outputFiles.reduce((sum, { contents }) => sum + contents.length, 0)
}

it.each([
  ['the client', client],
  ['the port', port],
])('loads at most 150 kB of generated code to list virtual machines: %s', async (who, program) => {
  const files = await filesLoadedBy(program)
  expect(files).toEqual(
    expect.arrayContaining(['schema.ts', 'property-collector.ts', 'session-manager.ts', 'since/virtual-machine.ts']),
  )
  expect(files).not.toContain('virtual-machine.ts')
  const sizes = await Promise.all(files.map(bytesOf))
  const total = sizes.reduce((sum, size) => sum + size, 0)
  console.log(`generated code that ${who} loads to list virtual machines: ${total} bytes in ${sizes.length} files`)
  expect(total).toBeLessThan(150_000)
})
