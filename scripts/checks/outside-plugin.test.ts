import { execFileSync, spawnSync } from 'node:child_process'
import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'dcm-outside-')))
const plugin = join(folder, 'pebble')

afterAll(() => rmSync(folder, { recursive: true, force: true }))

const run = (cwd: string, command: string, ...args: readonly string[]): string =>
  execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })

/** The example as a stranger has it: the packed core from npm, its own sources, and vitest; nothing of this repository. */
function install(): void {
  run(
    join(root, 'packages/core'),
    process.execPath,
    join(root, 'node_modules/pnpm/bin/pnpm.cjs'),
    'pack',
    '--pack-destination',
    folder,
  )
  const [packed = ''] = readdirSync(folder).filter((name) => name.endsWith('.tgz'))
  for (const room of ['src', 'test']) {
    cpSync(join(root, 'examples/custom-plugin', room), join(plugin, room), {
      recursive: true,
      filter: (path) => !path.includes('.cache'),
    })
  }
  const manifest = {
    name: 'dcm-pebble',
    private: true,
    type: 'module',
    dependencies: { '@dcm/core': `file:../${packed}` },
  }
  writeFileSync(join(plugin, 'package.json'), JSON.stringify(manifest))
  // Core has no dependencies, so npm needs no registry.
  run(plugin, 'npm', 'install', '--offline', '--no-audit', '--no-fund', '--loglevel=error')
  symlinkSync(
    dirname(createRequire(import.meta.url).resolve('vitest/package.json')),
    join(plugin, 'node_modules/vitest'),
  )
}

it('runs the kit outside of this repository', { timeout: 660_000 }, () => {
  install()
  const args = [
    'node_modules/vitest/vitest.mjs',
    'run',
    'test/conformance.test.ts',
    '--reporter=json',
    '--outputFile=report.json',
  ]
  const { status, stderr } = spawnSync(process.execPath, args, { cwd: plugin, encoding: 'utf8', timeout: 600_000 })
  const report = JSON.parse(readFileSync(join(plugin, 'report.json'), 'utf8')) as {
    readonly numPassedTests: number
    readonly testResults: readonly {
      readonly assertionResults: readonly {
        readonly title: string
        readonly status: string
        readonly failureMessages: readonly string[]
      }[]
    }[]
  }
  const tests = report.testResults.flatMap(({ assertionResults }) => assertionResults)
  const failed = tests.filter((test) => test.status === 'failed')
  expect(failed.map(({ title, failureMessages }) => `${title}: ${failureMessages[0]}`)).toEqual([])
  expect(status, stderr).toBe(0)
  // The checks that start other processes ran too: those load the harness without vitest.
  const passed = tests.filter((test) => test.status === 'passed').map(({ title }) => Number.parseInt(title, 10))
  expect(passed).toEqual(expect.arrayContaining([8, 63, 74]))
  expect(passed.length).toBeGreaterThan(60)
})
