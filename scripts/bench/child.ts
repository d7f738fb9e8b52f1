// One measurement in a process of its own: prepares, warms up, measures, prints a sample as JSON.
import type { Sample } from './compare.js'

/** What a candidate exports: set up once, then `run` is measured. */
export interface Measured {
  /** Measured. Called once before, unmeasured, to warm up. */
  run(): Promise<void>
  /** CPU of what another process did in the last `run`, where that is what counts; milliseconds. */
  cpuMs?(): number
  facts?(): Promise<Readonly<Record<string, number>>>
  close(): Promise<void>
}

const task = JSON.parse(process.argv[2] ?? '') as { module: string; export: string; input: unknown }
const module: Record<string, (input: unknown) => Promise<Measured>> = await import(`./${task.module}.ts`)
const prepare = module[task.export]
if (!prepare) throw new Error(`${task.module} exports no '${task.export}'`)
const measured = await prepare(task.input)
await measured.run()
globalThis.gc?.()
const before = process.cpuUsage()
await measured.run()
const { user, system } = process.cpuUsage(before)
const sample: Sample = { cpuMs: measured.cpuMs?.() ?? (user + system) / 1000, facts: (await measured.facts?.()) ?? {} }
await measured.close()
process.stdout.write(JSON.stringify(sample))
