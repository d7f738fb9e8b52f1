import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './sources.js'

const options = {
  strict: true,
  noEmit: true,
  skipLibCheck: true,
  module: 'NodeNext',
  moduleResolution: 'NodeNext',
  target: 'ES2023',
  // What the compiler takes by itself, and `await using`.
  lib: ['ES2023', 'DOM', 'ESNext.Disposable'],
  types: [],
}

/** File names of scripts/checks/consumers: what a user might write. */
export function consumers(): string[] {
  return readdirSync(join(root, 'scripts/checks/consumers')).filter((name) => name.endsWith('.ts'))
}

/** A folder for compiling beside scripts/checks/consumers, with an `empty.ts`; the caller removes it. */
export function compilerFolder(): string {
  const folder = mkdtempSync(join(root, 'scripts/checks/.compile-'))
  writeFileSync(join(folder, 'empty.ts'), 'export {}\n')
  return folder
}

/** Writes the project that compiles one file as a user would; answers its folder. */
export function writeProject(folder: string, file: string): string {
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, files: [file] }))
  return folder
}

/** Type instantiations that a consumer's file costs above an empty one, against the built declarations. Deterministic. */
export function instantiationsOf(consumer: string): number {
  const folder = compilerFolder()
  try {
    return instantiations(folder, join('../consumers', consumer)) - instantiations(folder, 'empty.ts')
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function instantiations(folder: string, file: string): number {
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  const args = [tsc, '-p', writeProject(folder, file), '--extendedDiagnostics']
  const { status, stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${file} does not compile:\n${stdout}`)
  return Number(/Instantiations:\s+(\d+)/.exec(stdout)?.[1] ?? Number.NaN)
}
