// Lists all VMs of an endpoint through the port, and prints how much memory that took over idle. Run with --expose-gc.
import { getHeapStatistics } from 'node:v8'
import { createRegistry, unwrap } from '@dcm/core'
import { vsphere } from '@dcm/vsphere'

/** Bytes of the heap and outside of it (buffers), garbage and all. */
function inUse() {
  const { used_heap_size, external_memory } = getHeapStatistics()
  return used_heap_size + external_memory
}

function live() {
  globalThis.gc()
  return inUse()
}

const connected = await createRegistry([vsphere]).connect(JSON.parse(process.argv[2]))
const port = unwrap(connected)
unwrap(await port.testConnection())
const [name] = process.argv.slice(3)
const idle = live()
let peak = idle
const sampling = setInterval(() => {
  peak = Math.max(peak, inUse())
}, 2)
const { items } = unwrap(await port[name]())
peak = Math.max(peak, inUse())
clearInterval(sampling)
const kept = live()
process.stdout.write(JSON.stringify({ count: items.length, peak: peak - idle, kept: kept - idle }))
await port.close()
