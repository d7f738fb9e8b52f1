import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { scaffold } from './scaffold.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
// Below scripts/, whose package depends on what a new plugin imports; in a folder that no other check walks.
const workspace = join(root, 'scripts/.cache/new-plugin')
const pebble = join(workspace, 'packages/pebble')

beforeAll(() => {
  rmSync(workspace, { recursive: true, force: true })
  mkdirSync(join(workspace, 'packages'), { recursive: true })
  symlinkSync(join(root, 'packages/core'), join(workspace, 'packages/core'), 'junction')
  scaffold(workspace, 'pebble')
})
afterAll(() => rmSync(workspace, { recursive: true, force: true }))

function run(command: string, ...args: readonly string[]): { readonly status: number | null; readonly output: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'node_modules', command), ...args], {
    cwd: workspace,
    encoding: 'utf8',
    timeout: 600_000,
    env: { ...process.env, NO_COLOR: '1' },
  })
  return { status, output: stdout + stderr }
}

function compile() {
  const config = {
    extends: join(root, 'tsconfig.base.json'),
    compilerOptions: { noEmit: true },
    include: ['packages/pebble/src', 'packages/pebble/test'],
  }
  writeFileSync(join(workspace, 'tsconfig.json'), JSON.stringify(config))
  return run('typescript/bin/tsc', '-p', workspace)
}

interface KitReport {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly failureMessages: readonly string[] }[]
  }[]
}

function runKit(): KitReport {
  const report = join(workspace, 'report.json')
  rmSync(report, { force: true })
  const config = join(workspace, 'vitest.config.mjs')
  const conditions = ['@dcm/source', 'node', 'import', 'default']
  const settings = {
    ssr: { resolve: { conditions } },
    resolve: { conditions },
    test: { root: pebble, include: ['test/*.test.ts'] },
  }
  writeFileSync(config, `export default ${JSON.stringify(settings)}\n`)
  const { output } = run('vitest/vitest.mjs', 'run', '--config', config, '--reporter=json', `--outputFile=${report}`)
  if (!existsSync(report)) throw new Error(`the kit did not run:\n${output}`)
  return JSON.parse(readFileSync(report, 'utf8')) as KitReport
}

describe('a scaffolded plugin', () => {
  it('has the rooms and the name of a platform package', () => {
    const rooms = ['adapter', 'client', 'config.ts', 'generated', 'index.ts', 'plugin.ts', 'simulator']
    expect(readdirSync(join(pebble, 'src')).sort()).toEqual(rooms)
    const manifest = JSON.parse(readFileSync(join(pebble, 'package.json'), 'utf8')) as Record<string, unknown>
    const core = JSON.parse(readFileSync(join(root, 'packages/core/package.json'), 'utf8')) as Record<string, unknown>
    expect(manifest).toMatchObject({ name: '@dcm/pebble', version: core.version })
    for (const file of readdirSync(pebble, { recursive: true, withFileTypes: true })) {
      if (file.isFile()) expect(readFileSync(join(file.parentPath, file.name), 'utf8'), file.name).not.toMatch(/acme/i)
    }
  })

  it('compiles, and fails the kit because nothing is written yet', () => {
    expect(compile()).toEqual({ status: 0, output: '' })
    const { numFailedTests, testResults } = runKit()
    expect(numFailedTests).toBeGreaterThan(50)
    const reasons = testResults.flatMap(({ assertionResults }) =>
      assertionResults.flatMap((one) => one.failureMessages),
    )
    expect(reasons.some((reason) => reason.includes('pebble: capabilities is not written yet'))).toBe(true)
  }, 900_000)

  it("becomes a plugin that passes, with the guide's files laid over it", () => {
    for (const room of ['src', 'test']) {
      // Without what its own tests may be writing at this moment.
      const filter = (path: string) => !path.includes('.cache')
      cpSync(join(root, 'examples/custom-plugin', room), join(pebble, room), { recursive: true, filter })
    }
    expect(compile()).toEqual({ status: 0, output: '' })
    const { numPassedTests, numFailedTests } = runKit()
    expect(numFailedTests).toBe(0)
    expect(numPassedTests).toBeGreaterThan(60)
  }, 900_000)

  it('takes names with dashes', () => {
    scaffold(workspace, 'my-cloud')
    const plugin = readFileSync(join(workspace, 'packages/my-cloud/src/plugin.ts'), 'utf8')
    expect(plugin).toContain("export const myCloud: MyCloudPlugin = definePlugin({\n  type: 'my-cloud',")
    expect(plugin).toContain("packageName: '@dcm/my-cloud'")
  })
})

describe('what it refuses', () => {
  it.each([
    ['My Cloud', "write it in lower case with dashes, as 'my-cloud'"],
    ['../core', "write it in lower case with dashes, as 'my-cloud'"],
    ['', 'write it in lower case with dashes'],
    ['core', 'that package is not a platform'],
    ['new', "it is a word of the language; add something to it, as 'new-cloud'"],
    ['x'.repeat(41), 'use at most 40'],
  ])("the name '%s', with a remedy", (name, remedy) => {
    expect(() => scaffold(workspace, name)).toThrow(remedy)
  })

  it('a folder that is there, untouched', () => {
    mkdirSync(join(workspace, 'packages/mine'))
    expect(() => scaffold(workspace, 'mine')).toThrow('packages/mine is there already and was left alone')
    expect(readdirSync(join(workspace, 'packages/mine'))).toEqual([])
  })
})
