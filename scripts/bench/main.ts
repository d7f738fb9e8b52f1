// `pnpm bench [name ...]`: every benchmark, or the named ones. CPU ratios of one run; CI gates on counts, not on these.
import { compileBenchmarks } from './compile.js'
import { importBenchmarks } from './import-cost.js'
import { operationBenchmarks } from './operations.js'
import { proxmoxBenchmarks } from './proxmox.js'
import { vsphereBenchmarks } from './vsphere.js'
import { wireBenchmarks } from './wire.js'
import { xmlBenchmarks } from './xml.js'

const benchmarks: Readonly<Record<string, () => Promise<void>>> = {
  import: importBenchmarks,
  compile: compileBenchmarks,
  wire: wireBenchmarks,
  xml: xmlBenchmarks,
  proxmox: proxmoxBenchmarks,
  vsphere: vsphereBenchmarks,
  operations: operationBenchmarks,
}

const wanted = process.argv.slice(2)
const unknown = wanted.filter((name) => !benchmarks[name])
if (unknown.length > 0) throw new Error(`no benchmark '${unknown[0]}': there are ${Object.keys(benchmarks).join(', ')}`)
for (const [name, run] of Object.entries(benchmarks)) if (wanted.length === 0 || wanted.includes(name)) await run()
