import { setTimeout as sleep } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { createRegistry, gib, type HypervisorPort, type OperationHandle, unwrap } from '@dcm/core'
import { remoteControl, remoteMemory } from '@dcm/core/memory'
import { proxmox } from '@dcm/proxmox'
import { startProxmoxSimulatorProcess } from '@dcm/proxmox/simulator'
import { startMemoryProcess } from '../../packages/core/test/conformance/memory-process.js'

/** One endpoint in a process of its own, and how it is asked what it saw. */
interface Stage {
  readonly port: Pick<HypervisorPort, 'createVm' | 'advanceOperations' | 'close'>
  /** Requests and the most connections at once since `forget`. */
  seen(): Promise<{ readonly requests: number; readonly sockets: number }>
  forget(): Promise<void>
  close(): Promise<void>
}

/** `held`: clones that outlast the measurement. `quick`: clones that end soon. */
type Pace = 'held' | 'quick'

type Open = (pace: Pace) => Promise<Stage>

const templateCount = 32
const templates = Array.from({ length: templateCount }, (_, index) => `template-${index}`)

const counts = [100, 300, 1000]

/**
 * Creations in flight, all of one process. Held in flight: what they cost while they wait. Then on a quick platform from
 * start to end, in the turns of a queue that honours `retryAfterMs`. Platforms run in processes of their own. Below each
 * table: by how much its figures grow from the fewest operations to the most.
 */
export async function operationBenchmarks(): Promise<void> {
  console.log(
    `\noperations in flight, advanced by one process (createVm of ${templateCount} templates on one endpoint)`,
  )
  for (const [name, open] of stages) await table(`${name}: held in flight, ${rounds} rounds of all`, 'held', open, held)
  for (const [name, open] of stages) await table(`${name}: from start to end`, 'quick', open, toTheEnd)
}

const rounds = 5

/** Figures by their headings. */
type Row = Readonly<Record<string, number>>

async function held(stage: Stage, count: number): Promise<Row> {
  await stage.port.advanceOperations([await begin(stage, 'warm-up')])
  await stage.forget()
  const heapBefore = usedHeap()
  let handles = await beginAll(stage, count)
  const heapAfter = usedHeap()
  const before = await stage.seen()
  const cpu = cpuMs()
  for (let round = 0; round < rounds; round += 1) {
    handles = (await stage.port.advanceOperations(handles)).map((result) => unwrap(result).handle)
  }
  const spent = cpuMs() - cpu
  const { requests, sockets } = await stage.seen()
  return {
    'heap MiB': heapAfter / 1024 / 1024,
    sockets,
    'requests/round': (requests - before.requests) / rounds,
    'CPU ms/round': spent / rounds,
    'KiB/op': (heapAfter - heapBefore) / count / 1024,
    'CPU ms/op/round': spent / count / rounds,
  }
}

async function toTheEnd(stage: Stage, count: number): Promise<Row> {
  // The connection, the login and what is loaded once belong to no operation.
  await finish(stage.port, [await begin(stage, 'warm-up')])
  await stage.forget()
  const began = performance.now()
  const cpu = cpuMs()
  const turns = await finish(stage.port, await beginAll(stage, count))
  const spent = cpuMs() - cpu
  const seconds = (performance.now() - began) / 1000
  const { requests, sockets } = await stage.seen()
  return {
    sockets,
    requests,
    'requests/s': requests / seconds,
    turns,
    seconds,
    'requests/op': requests / count,
    'CPU ms/op': spent / count,
  }
}

async function table(
  title: string,
  pace: Pace,
  open: Open,
  measure: (stage: Stage, count: number) => Promise<Row>,
): Promise<void> {
  console.log(`  ${title}`)
  const rows: Row[] = []
  for (const count of counts) {
    const row = { operations: count, ...(await withStage(await open(pace), (stage) => measure(stage, count))) }
    if (rows.length === 0) print(Object.keys(row))
    print(Object.values(row).map((figure) => figure.toFixed(Number.isInteger(figure) ? 0 : figure < 10 ? 2 : 1)))
    rows.push(row)
  }
  const [first = {}] = rows
  const last = rows.at(-1) ?? {}
  print(Object.keys(last).map((name) => `x ${((last[name] ?? 0) / (first[name] ?? 0)).toFixed(1)}`))
}

function print(cells: readonly string[]): void {
  console.log(cells.map((cell) => cell.padStart(16)).join(''))
}

async function withStage<T>(stage: Stage, measure: (stage: Stage) => Promise<T>): Promise<T> {
  try {
    return await measure(stage)
  } finally {
    await stage.close()
  }
}

/** CPU of this process so far; the platforms have processes of their own. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

function beginAll(stage: Stage, count: number): Promise<readonly OperationHandle[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => begin(stage, `vm-${index}`, index)))
}

async function begin({ port }: Stage, name: string, index = 0): Promise<OperationHandle> {
  const template = { name: templates[index % templateCount] ?? '' }
  return unwrap(await port.createVm({ name, source: { from: 'template', template }, powerOn: false })).handle
}

/** A queue: all that are due go together, each comes back after its `retryAfterMs`. Gives how many turns it took. */
async function finish(port: Stage['port'], handles: readonly OperationHandle[]): Promise<number> {
  let waiting = handles.map((handle) => ({ handle, dueAt: 0 }))
  let turns = 0
  while (waiting.length > 0) {
    const now = performance.now()
    const due = waiting.filter(({ dueAt }) => dueAt <= now)
    waiting = waiting.filter(({ dueAt }) => dueAt > now)
    if (due.length === 0) {
      await sleep(Math.min(...waiting.map(({ dueAt }) => dueAt)) - now)
      continue
    }
    turns += 1
    for (const result of await port.advanceOperations(due.map(({ handle }) => handle))) {
      const { handle, status, error, retryAfterMs = 0 } = unwrap(result)
      if (status === 'failed') throw new Error(`a creation failed: ${error?.message}`)
      if (status === 'running') waiting.push({ handle, dueAt: performance.now() + retryAfterMs })
    }
  }
  return turns
}

async function memoryStage(pace: Pace): Promise<Stage> {
  const served = await startMemoryProcess()
  const control = remoteControl(served)
  const config = { type: 'memory', endpoint: 'bench', url: served.url, token: { secretValue: served.token } } as const
  for (const name of templates) await control.addVm({ name, template: true, diskBytes: [gib(1)] })
  await control.timings({ pollMs: 250, cloneMs: pace === 'held' ? 3_600_000 : 100 })
  const port = unwrap(await createRegistry([remoteMemory]).connect(config))
  return {
    port,
    seen: async () => ({ requests: await control.count(), sockets: await control.connections() }),
    forget: () => control.clearLog(),
    async close() {
      await port.close()
      await control.close()
      await served.close()
    },
  }
}

async function proxmoxStage(pace: Pace): Promise<Stage> {
  const guests = templates.map((name, index) => ({ vmid: 9000 + index, name, diskGib: 1 }))
  const seed = { nodes: 1, templates: guests }
  const timing = pace === 'held' ? { taskFactor: 10_000 } : {}
  const simulator = await startProxmoxSimulatorProcess({ seed, speed: 20, timing })
  const { url, ca, credentials } = simulator
  const auth = { tokenId: credentials.tokenId, secret: { secretValue: credentials.tokenSecret } }
  const port = unwrap(await createRegistry([proxmox]).connect({ type: 'proxmox', endpoint: 'bench', url, ca, auth }))
  return {
    port,
    // One of the connections is the one that asks.
    seen: async () => ({
      requests: (await simulator.requests()).length,
      sockets: (await simulator.connectionsAtOnce()) - 1,
    }),
    forget: () => simulator.clearRequests(),
    async close() {
      await port.close()
      await simulator.close()
    },
  }
}

const stages: readonly (readonly [string, Open])[] = [
  ['in-memory hypervisor over loopback', memoryStage],
  ['Proxmox VE simulator', proxmoxStage],
]

setFlagsFromString('--expose-gc')
const collect: unknown = runInNewContext('gc')

/** Of the heap, in bytes, after what is garbage was collected. */
function usedHeap(): number {
  if (typeof collect === 'function') collect()
  return process.memoryUsage().heapUsed
}
