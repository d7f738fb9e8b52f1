// Compares the deterministic costs of importing the packages with their budgets: `pnpm budgets`. Needs built packages
// with declarations (`pnpm build:types`).
import { gzipBytesOf } from './bundle-size.js'
import { compileCost } from './compile-cost.js'
import { read } from './sources.js'

interface Budgets {
  readonly gzipBytes: Readonly<Record<string, number>>
  readonly instantiations: Readonly<Record<string, number>>
}

const budgets = JSON.parse(read('scripts/checks/budgets.json')) as Budgets
let exceeded = 0

function report(name: string, measured: number, budget: number, unit: string, note = ''): void {
  const within = measured <= budget
  if (!within) exceeded += 1
  console.log(
    `${within ? 'ok  ' : 'OVER'} ${name.padEnd(28)} ${String(measured).padStart(7)} of ${budget} ${unit}${note}`,
  )
}

for (const [entry, budget] of Object.entries(budgets.gzipBytes)) {
  report(entry, await gzipBytesOf(entry), budget, 'bytes gzipped')
}
for (const [consumer, budget] of Object.entries(budgets.instantiations)) {
  const { instantiations, timeRatio } = compileCost(consumer)
  report(
    consumer,
    instantiations,
    budget,
    'type instantiations',
    ` (compile time ${timeRatio.toFixed(2)} of an empty file)`,
  )
}
if (exceeded > 0) {
  console.error(`${exceeded} budget(s) exceeded: make it smaller, or raise the budget in a change that says why`)
  process.exitCode = 1
}
