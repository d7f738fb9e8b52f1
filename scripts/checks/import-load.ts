import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { root } from './sources.js'

/** What a fresh process loads to import a package: what its import costs, in figures that are the same everywhere. */
export interface ImportLoad {
  readonly files: number
  readonly bytes: number
  /** Modules of Node that an empty file does not load. */
  readonly builtins: readonly string[]
}

const nothing = new URL('../bench/nothing.mjs', import.meta.url).href

/** Imports the built package in a fresh Node, and looks what was loaded. */
export function importLoadOf(name: string): ImportLoad {
  const coverage = mkdtempSync(join(tmpdir(), 'dcm-import-'))
  try {
    const { stdout, stderr, status } = spawnSync(process.execPath, ['--input-type=module', '-e', programOf(name)], {
      cwd: `${root}/scripts`,
      // Node writes down every script that it ran, whoever imported it.
      env: { ...process.env, NODE_V8_COVERAGE: coverage, NODE_OPTIONS: '' },
      encoding: 'utf8',
    })
    if (status !== 0) throw new Error(`${name} cannot be imported: ${stderr}`)
    const paths = scriptsIn(coverage)
    return {
      files: paths.length,
      bytes: paths.reduce((sum, path) => sum + statSync(path).size, 0),
      builtins: JSON.parse(stdout) as string[],
    }
  } finally {
    rmSync(coverage, { recursive: true })
  }
}

function programOf(name: string): string {
  return `
    await import(${JSON.stringify(nothing)})
    const before = new Set(process.moduleLoadList)
    await import(${JSON.stringify(name)})
    const builtins = process.moduleLoadList.filter((entry) => !before.has(entry) && /^NativeModule (?!internal)/.test(entry))
    console.log(JSON.stringify(builtins.map((entry) => entry.split(' ')[1])))
  `
}

function scriptsIn(coverage: string): string[] {
  const [report] = readdirSync(coverage)
  if (report === undefined) throw new Error('Node wrote no coverage')
  const { result } = JSON.parse(readFileSync(join(coverage, report), 'utf8')) as {
    readonly result: readonly { readonly url: string }[]
  }
  return result
    .filter(({ url }) => url.startsWith('file:') && url !== nothing && !url.includes('[eval'))
    .map(({ url }) => fileURLToPath(url))
}
