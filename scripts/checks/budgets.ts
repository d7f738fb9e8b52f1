// Compares the deterministic costs of importing the packages with their budgets: `pnpm budgets`, which builds
// them first.
import { gzipBytesOf } from './bundle-size.js'
import { instantiationsOf } from './compile-cost.js'
import { importLoadOf } from './import-load.js'
import { read } from './sources.js'

interface Budgets {
  /** What importing a built package loads. */
  readonly imports: Readonly<
    Record<string, { readonly files: number; readonly bytes: number; readonly builtins: number }>
  >
  readonly gzipBytes: Readonly<Record<string, number>>
  readonly instantiations: Readonly<Record<string, number>>
}

const budgets = JSON.parse(read('scripts/checks/budgets.json')) as Budgets
let exceeded = 0

function report(name: string, measured: number, budget: number, unit: string): void {
  const within = measured <= budget
  if (!within) exceeded += 1
  console.log(`${within ? 'ok  ' : 'OVER'} ${name.padEnd(28)} ${String(measured).padStart(7)} of ${budget} ${unit}`)
}

for (const [entry, budget] of Object.entries(budgets.imports)) {
  const { files, bytes, builtins } = importLoadOf(entry)
  report(entry, files, budget.files, 'files to import')
  report(entry, bytes, budget.bytes, 'bytes to import')
  report(entry, builtins.length, budget.builtins, `modules of Node to import (${builtins.join(', ') || 'none'})`)
}
for (const [entry, budget] of Object.entries(budgets.gzipBytes)) {
  report(entry, await gzipBytesOf(entry), budget, 'bytes gzipped')
}
for (const [consumer, budget] of Object.entries(budgets.instantiations)) {
  report(consumer, instantiationsOf(consumer), budget, 'type instantiations')
}
if (exceeded > 0) {
  console.error(`${exceeded} budget(s) exceeded: make it smaller, or raise the budget in a change that says why`)
  process.exitCode = 1
}
