import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { OperationHandle } from '@dcm/core'
import { build } from 'esbuild'
import type { ChildResult, ChildTask } from './task.js'

/** The child program, built once and in few files, so that starting it costs little more than starting Node. */
export interface ChildProgram {
  /** Runs it to its end or death; undefined when it was killed. */
  run(task: ChildTask, started?: (child: ChildProcess) => void): Promise<ChildResult | undefined>
  /** A new place for a handle. */
  handleFile(): string
  remove(): void
}

export async function buildChild(): Promise<ChildProgram> {
  const folder = mkdtempSync(join(tmpdir(), 'kill-'))
  const entry = fileURLToPath(new URL('child.ts', import.meta.url))
  await build({
    entryPoints: [entry],
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    conditions: ['@dcm/source'],
    // Dependencies that are CommonJS ask for Node's own modules with it.
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url)" },
    logLevel: 'error',
  })
  const program = join(folder, 'child.mjs')
  let files = 0
  return {
    run: (task, started = () => {}) => runChild(program, task, started),
    handleFile() {
      files += 1
      return join(folder, `handle-${files}.json`)
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

/** The handle that the dead process left, if it lived long enough to leave one. */
export function storedHandle(file: string): OperationHandle | undefined {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as OperationHandle) : undefined
}

function runChild(
  program: string,
  task: ChildTask,
  started: (child: ChildProcess) => void,
): Promise<ChildResult | undefined> {
  const child = spawn(process.execPath, [program, JSON.stringify(task)], { stdio: ['ignore', 'pipe', 'pipe'] })
  started(child)
  let output = ''
  let errors = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text
  })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => {
      if (signal === 'SIGKILL') resolve(undefined)
      else if (code === 0) resolve(JSON.parse(output) as ChildResult)
      else reject(new Error(`the child ended with ${code ?? signal}: ${errors}`))
    })
  })
}
