import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const packages = ['@dcm/core', '@dcm/proxmox', '@dcm/proxmox/client', '@dcm/wire', '@dcm/wire/xml']
const rounds = 9
const folder = fileURLToPath(new URL('..', import.meta.url))

/** CPU that importing each package costs a fresh process without any loader, in milliseconds: median of all rounds. */
export async function importBenchmarks(): Promise<void> {
  console.log(`\nimport in a fresh process (${rounds} rounds, CPU above a bare process)`)
  const bare = median(Array.from({ length: rounds }, () => importCpuMs(undefined)))
  for (const name of packages) {
    const times = Array.from({ length: rounds }, () => importCpuMs(name) - bare)
    console.log(`  ${name.padEnd(24)} ${median(times).toFixed(1)} ms  (from ${Math.min(...times).toFixed(1)})`)
  }
}

/** CPU of a whole process that imports one package, or nothing. */
function importCpuMs(name: string | undefined): number {
  const load = name === undefined ? '' : `await import('${name}');`
  const code = `${load}const { user, system } = process.cpuUsage();console.log((user + system) / 1000)`
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', code], { cwd: folder, encoding: 'utf8' })
  return Number(stdout)
}

function median(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? Number.NaN
}
