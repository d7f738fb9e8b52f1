// A loopback server in a process of its own, for benchmarks of the transport: prints where it is, ends with its parent.
import { startLoopbackServer } from '@dcm/wire/loopback'

const row = {
  vmid: 100,
  name: 'machine',
  status: 'running',
  node: 'pve1',
  maxmem: 4_294_967_296,
  mem: 1_234_567,
  cpu: 0.01,
}
const body = JSON.stringify({ data: Array.from({ length: 10 }, (_, index) => ({ ...row, vmid: 100 + index })) })
const server = await startLoopbackServer({
  handler: () => ({ status: 200, headers: [['Content-Type', 'application/json;charset=UTF-8']], body }),
})
const { url, ca, fingerprint256 } = server
process.send?.({ url, ca, fingerprint256 })
process.once('disconnect', () => process.exit(0))
