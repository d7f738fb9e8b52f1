import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { compilerFolder, consumers, writeProject } from '../checks/compile-cost.js'

const rounds = 5

/** CPU that a user's compiler spends on a file with 20 typed calls, beside an empty file: fresh processes in turn. */
export async function compileBenchmarks(): Promise<void> {
  const folder = compilerFolder()
  try {
    const files = ['empty.ts', ...consumers().map((name) => `../consumers/${name}`)]
    const times = new Map(files.map((file): [string, number[]] => [file, []]))
    for (let round = 0; round < rounds; round += 1) {
      for (const file of files) times.get(file)?.push(compilerCpuMs(writeProject(folder, file)))
    }
    const middle = (file: string): number =>
      (times.get(file) ?? []).toSorted((left, right) => left - right)[Math.floor(rounds / 2)] ?? Number.NaN
    console.log(`\nCompiling a consumer's file (${rounds} rounds of fresh processes, CPU of tsc)`)
    for (const file of files) {
      const ratios = (times.get(file) ?? []).map((cpuMs) => cpuMs / middle('empty.ts'))
      const spread = `${Math.min(...ratios).toFixed(2)}-${Math.max(...ratios).toFixed(2)}`
      const label = file.slice(file.lastIndexOf('/') + 1).padEnd(44)
      console.log(
        `  ${label} ${(middle(file) / middle('empty.ts')).toFixed(2)}  (${spread})  ${Math.round(middle(file))} ms`,
      )
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Runs tsc inside a process that tells its own CPU at the end. */
function compilerCpuMs(project: string): number {
  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc')
  const code = `process.on('exit', () => { const { user, system } = process.cpuUsage(); console.log('cpu', (user + system) / 1000) }); process.argv = [process.argv[0], 'tsc', '-p', ${JSON.stringify(project)}]; require(${JSON.stringify(tsc)})`
  const { stdout, status } = spawnSync(process.execPath, ['-e', code], { encoding: 'utf8' })
  const cpu = /^cpu ([\d.]+)$/m.exec(stdout)?.[1]
  if (status !== 0 || cpu === undefined) throw new Error(`${project} does not compile:\n${stdout}`)
  return Number(cpu)
}
