import { randomUUID } from 'node:crypto'
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import type { ProxmoxSimulatorProcessOptions } from './process.js'
import { OPTIONS_VARIABLE, type SimulatorStateFile } from './process-protocol.js'
import { type ProxmoxSimulator, startProxmoxSimulator } from './start.js'

const DEFAULT_IDLE_EXIT_MS = 10 * 60_000

/** Options as JSON: the first argument, or the environment. */
function readOptions(): ProxmoxSimulatorProcessOptions {
  const text = process.argv[2] ?? process.env[OPTIONS_VARIABLE] ?? '{}'
  const options: unknown = JSON.parse(text)
  if (typeof options !== 'object' || options === null)
    throw new TypeError('the options of the simulator are a JSON object')
  return options
}

/** Written beside its place and moved there, so that nobody reads half of it. */
function writeStateFile(path: string, state: SimulatorStateFile): void {
  const draft = `${path}.${process.pid}`
  writeFileSync(draft, JSON.stringify(state), { mode: 0o600 })
  renameSync(draft, path)
}

function removeStateFile(path: string): void {
  try {
    const state: unknown = JSON.parse(readFileSync(path, 'utf8'))
    const isOurs = typeof state === 'object' && state !== null && 'pid' in state && state.pid === process.pid
    if (isOurs) rmSync(path)
  } catch {
    // Gone already, or a newer simulator's.
  }
}

function isBusy(simulator: ProxmoxSimulator): boolean {
  return simulator.tasks().some((task) => task.running)
}

async function main(): Promise<void> {
  const options = readOptions()
  const controlToken = options.controlToken ?? randomUUID()
  const stop = (): void => {
    if (options.stateFile !== undefined) removeStateFile(options.stateFile)
    void simulator.close().finally(() => process.exit(0))
  }
  const simulator: ProxmoxSimulator = await startProxmoxSimulator({ ...options, controlToken }, stop)
  const { url, port, ca, fingerprint256, nodes, credentials } = simulator
  const state: SimulatorStateFile = {
    pid: process.pid,
    url,
    port,
    ca,
    fingerprint256,
    nodes,
    credentials,
    controlToken,
  }
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
  // Whoever started us may be gone when we print.
  process.stdout.on('error', () => {})
  if (options.stateFile !== undefined) writeStateFile(options.stateFile, state)
  const idleExitMs = options.idleExitMs ?? DEFAULT_IDLE_EXIT_MS
  let lastSeen = Date.now()
  setInterval(
    () => {
      const latest = simulator.requests.entries().at(-1)?.at ?? 0
      lastSeen = isBusy(simulator) ? Date.now() : Math.max(lastSeen, latest)
      if (Date.now() - lastSeen >= idleExitMs) stop()
    },
    Math.max(50, Math.min(5_000, idleExitMs / 4)),
  )
  process.stdout.write(`${JSON.stringify(state)}\n`)
}

await main()
