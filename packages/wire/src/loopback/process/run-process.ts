import { randomUUID } from 'node:crypto'
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import type { RequestLog } from '../request-log.js'
import { optionsVariable, type SimulatorProcessOptions, type SimulatorState } from './protocol.js'

/** A simulator as the process sees it. */
export interface Hosted {
  readonly requests: Pick<RequestLog, 'entries'>
  close(): Promise<void>
}

export interface ProcessProgram<Simulator extends Hosted> {
  /** `options` is what the starter gave, plus a control token; `onShutdown` is for the control door. */
  start(
    options: SimulatorProcessOptions & { readonly controlToken: string },
    onShutdown: () => void,
  ): Promise<Simulator>
  /** What stands in the state file beside the process's own lines. */
  address(simulator: Simulator): Omit<SimulatorState, 'pid' | 'controlToken'>
  /** While something is under way the process does not end for want of questions. */
  isBusy(simulator: Simulator): boolean
}

const defaultIdleExitMs = 10 * 60_000

/** The main function of a simulator's process: takes its options, serves, and ends when told, by a signal, or when idle. */
export async function runSimulatorProcess<Simulator extends Hosted>(program: ProcessProgram<Simulator>): Promise<void> {
  const options = { controlToken: randomUUID(), ...readOptions() }
  const { stateFile, idleExitMs = defaultIdleExitMs, controlToken } = options
  const stop = (): void => {
    if (stateFile !== undefined) removeStateFile(stateFile)
    void simulator.close().finally(() => process.exit(0))
  }
  const simulator: Simulator = await program.start(options, stop)
  const state: SimulatorState = { pid: process.pid, ...program.address(simulator), controlToken }
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
  // Whoever started us may be gone when we print.
  process.stdout.on('error', () => {})
  if (stateFile !== undefined) writeStateFile(stateFile, state)
  let lastSeen = Date.now()
  setInterval(
    () => {
      const latest = simulator.requests.entries().at(-1)?.at ?? 0
      lastSeen = program.isBusy(simulator) ? Date.now() : Math.max(lastSeen, latest)
      if (Date.now() - lastSeen >= idleExitMs) stop()
    },
    Math.max(50, Math.min(5_000, idleExitMs / 4)),
  )
  process.stdout.write(`${JSON.stringify(state)}\n`)
}

/** Options as JSON: the first argument, or the environment. */
function readOptions(): SimulatorProcessOptions & { readonly controlToken?: string } {
  const options: unknown = JSON.parse(process.argv[2] ?? process.env[optionsVariable] ?? '{}')
  if (typeof options !== 'object' || options === null) {
    throw new TypeError('the options of the simulator are a JSON object')
  }
  return options
}

/** Written beside its place and moved there, so that nobody reads half of it. */
function writeStateFile(path: string, state: SimulatorState): void {
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
