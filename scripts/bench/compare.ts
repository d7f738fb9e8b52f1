import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** One thing to measure: an exported function of a module beside this one, run in a fresh process each round. */
export interface Candidate {
  readonly label: string
  /** File name in this folder, without its ending. */
  readonly module: string
  readonly export: string
}

/** What a candidate's process found. */
export interface Sample {
  /** CPU of the process over the measured part, user and system, in milliseconds. */
  readonly cpuMs: number
  readonly facts?: Readonly<Record<string, number>>
}

export interface Comparison {
  readonly name: string
  /** The first is the reference. */
  readonly candidates: readonly Candidate[]
  /** Given to each candidate. */
  readonly input: unknown
  /** Default 5. */
  readonly rounds?: number
}

const child = fileURLToPath(new URL('child.ts', import.meta.url))

/** Runs all candidates in turn, round after round, and prints CPU as ratios to the reference: median (minimum-maximum). */
export async function compare({ name, candidates, input, rounds = 5 }: Comparison): Promise<void> {
  const samples = candidates.map((): Sample[] => [])
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, candidate] of candidates.entries()) samples[index]?.push(await measure(candidate, input))
  }
  console.log(`\n${name} (${rounds} rounds of fresh processes, CPU)`)
  const reference = median(samples[0]?.map(({ cpuMs }) => cpuMs) ?? [])
  for (const [index, { label }] of candidates.entries()) {
    const times = samples[index]?.map(({ cpuMs }) => cpuMs) ?? []
    const ratio = (cpuMs: number) => (cpuMs / reference).toFixed(2)
    const spread = `${ratio(Math.min(...times))}-${ratio(Math.max(...times))}`
    const facts = Object.entries(samples[index]?.at(-1)?.facts ?? {}).map(([fact, count]) => `${fact} ${count}`)
    const line = `  ${label.padEnd(44)} ${ratio(median(times))}  (${spread})  ${Math.round(median(times))} ms`
    console.log([line, ...facts].join('  '))
  }
}

function measure(candidate: Candidate, input: unknown): Promise<Sample> {
  const task = JSON.stringify({ module: candidate.module, export: candidate.export, input })
  // Without the source condition: what is measured is what is published.
  const { NODE_OPTIONS: _options, ...env } = process.env
  const running = spawn(process.execPath, ['--expose-gc', '--import', 'tsx', child, task], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env,
  })
  let output = ''
  running.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    output += chunk
  })
  return new Promise((resolve, reject) => {
    running.once('error', reject)
    running.once('close', (code) => {
      if (code === 0) resolve(JSON.parse(output) as Sample)
      else reject(new Error(`${candidate.label} ended with ${code}`))
    })
  })
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}
