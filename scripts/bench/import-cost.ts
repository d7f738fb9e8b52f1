import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

// The first two are known: what other machines measured for them tells how fast this one is.
const packages = [
  'openapi-fetch',
  'node:https',
  '@dcm/core',
  '@dcm/proxmox',
  '@dcm/proxmox/client',
  '@dcm/wire',
  '@dcm/wire/xml',
]
const nothing = new URL('nothing.mjs', import.meta.url).href
const rounds = 15
const folder = fileURLToPath(new URL('..', import.meta.url))

/** CPU that importing each package costs a fresh process above importing an empty file, in milliseconds: median, minimum. */
export async function importBenchmarks(): Promise<void> {
  const names = [nothing, ...packages]
  const times = new Map(names.map((name): [string, number[]] => [name, []]))
  for (let round = 0; round < rounds; round += 1) {
    for (const name of names) times.get(name)?.push(importCpuMs(name))
  }
  const sorted = (name: string): number[] => (times.get(name) ?? []).toSorted((left, right) => left - right)
  const median = (name: string): number => sorted(name)[Math.floor(rounds / 2)] ?? Number.NaN
  const least = (name: string): number => sorted(name)[0] ?? Number.NaN
  console.log(`\nimport in a fresh process (${rounds} rounds in turn, CPU above an empty file, median and minimum)`)
  for (const name of packages) {
    const above = (median(name) - median(nothing)).toFixed(1)
    console.log(`  ${name.padEnd(24)} ${above} ms  (from ${(least(name) - least(nothing)).toFixed(1)})`)
  }
}

/** CPU of one import in a fresh process without any loader; what the process itself costs is not in it. */
function importCpuMs(name: string): number {
  const code = `const before = process.cpuUsage(); await import('${name}'); const { user, system } = process.cpuUsage(before); console.log((user + system) / 1000)`
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', code], { cwd: folder, encoding: 'utf8' })
  return Number(stdout)
}
