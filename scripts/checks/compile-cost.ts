import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './sources.js'

/** What a user's compiler pays for a file that imports our declarations. */
export interface CompileCost {
  /** Above those of an empty file. Deterministic: fit for a budget. */
  readonly instantiations: number
  /** Time of the compiler as a ratio to that of an empty file. Varies from run to run: only printed. */
  readonly timeRatio: number
}

const options = {
  strict: true,
  noEmit: true,
  skipLibCheck: true,
  module: 'NodeNext',
  moduleResolution: 'NodeNext',
  target: 'ES2023',
  lib: ['ES2023', 'ESNext.Disposable'],
  types: [],
}

/** Compiles a file of scripts/checks/consumers against the built declarations, beside an empty one. */
export function compileCost(consumer: string): CompileCost {
  const folder = mkdtempSync(join(root, 'scripts/checks/.compile-'))
  try {
    writeFileSync(join(folder, 'empty.ts'), 'export {}\n')
    const bare = measure(folder, 'empty.ts')
    const full = measure(folder, join('../consumers', consumer))
    return { instantiations: full.instantiations - bare.instantiations, timeRatio: full.time / bare.time }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function measure(folder: string, file: string): { readonly instantiations: number; readonly time: number } {
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, files: [file] }))
  const { status, stdout } = spawnSync(
    process.execPath,
    [join(root, 'node_modules/typescript/bin/tsc'), '-p', folder, '--extendedDiagnostics'],
    { encoding: 'utf8' },
  )
  if (status !== 0) throw new Error(`${file} does not compile:\n${stdout}`)
  const figure = (name: string) => Number(new RegExp(`${name}:\\s+([\\d.]+)`).exec(stdout)?.[1] ?? Number.NaN)
  return { instantiations: figure('Instantiations'), time: figure('Total time') }
}
