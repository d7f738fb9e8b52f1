import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'
import { type ControlClient, createControlClient } from './control/control-client.js'
import type { ProxmoxSimulatorOptions, SimulatorAddress } from './options.js'
import { OPTIONS_VARIABLE, type SimulatorStateFile } from './process-protocol.js'

export interface ProxmoxSimulatorProcessOptions extends ProxmoxSimulatorOptions {
  /** The process writes how to reach it there (secrets included, readable by its owner alone), so that it is found again. */
  readonly stateFile?: string
  /** The process ends by itself when nobody asked anything for so long; default 10 minutes. */
  readonly idleExitMs?: number
  /** The process outlives this one; default false. */
  readonly detached?: boolean
}

/** A simulator in a process of its own, steered over its control door. */
export interface ProxmoxSimulatorProcess extends SimulatorAddress, ControlClient {
  readonly pid: number
  /** Asks the process to end and waits until it did; calling it again does nothing. */
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

const START_PATIENCE_MS = 30_000

/** Starts the simulator as its own process. Works from the built package. */
export async function startProxmoxSimulatorProcess(
  options: ProxmoxSimulatorProcessOptions = {},
): Promise<ProxmoxSimulatorProcess> {
  const { detached = false, ...rest } = options
  const entry = createRequire(import.meta.url).resolve('@dcm/proxmox/simulator/main')
  const settings = { ...rest, controlToken: rest.controlToken ?? randomUUID() }
  const child = spawn(process.execPath, [entry], {
    detached,
    stdio: ['ignore', 'pipe', detached ? 'ignore' : 'inherit'],
    // Options may hold secrets: the environment is not visible to other users, arguments are.
    env: { ...process.env, [OPTIONS_VARIABLE]: JSON.stringify(settings) },
  })
  const state = await firstLine(child)
  if (detached) {
    child.stdout?.destroy()
    child.unref()
  }
  return handleOf(state, () => ended(child))
}

/** Finds a simulator that an earlier process left running; undefined when the file is missing or nobody answers. */
export async function attachProxmoxSimulatorProcess(stateFile: string): Promise<ProxmoxSimulatorProcess | undefined> {
  const text = await readFile(stateFile, 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  try {
    // Written by our own process entry; a file that is something else fails at the first question below.
    const state = JSON.parse(text) as SimulatorStateFile
    const handle = handleOf(state, () => gone(state.pid))
    await handle.state()
    return handle
  } catch {
    return undefined
  }
}

function handleOf(state: SimulatorStateFile, untilEnded: () => Promise<void>): ProxmoxSimulatorProcess {
  const client = createControlClient(state)
  let closing: Promise<void> | undefined
  const close = (): Promise<void> => {
    closing ??= client
      .shutdown()
      .catch(() => {})
      .then(untilEnded)
    return closing
  }
  const { controlToken: _, ...address } = state
  return { ...address, ...client, close, [Symbol.asyncDispose]: close }
}

function firstLine(child: ChildProcess): Promise<SimulatorStateFile> {
  return new Promise((resolve, reject) => {
    const { stdout } = child
    if (stdout === null) throw new Error('the simulator process was started without an output')
    const lines = createInterface({ input: stdout })
    const fail = (reason: string): void => {
      clearTimeout(timer)
      reject(new Error(`the simulator process ${reason}; build the package first: it is started from dist`))
    }
    const timer = setTimeout(() => {
      child.kill()
      fail(`said nothing within ${START_PATIENCE_MS} ms`)
    }, START_PATIENCE_MS)
    child.once('error', (error) => fail(`could not be started: ${error.message}`))
    child.once('exit', (code) => fail(`ended with code ${code} before it was ready`))
    lines.once('line', (line) => {
      clearTimeout(timer)
      child.removeAllListeners('exit')
      lines.close()
      stdout.resume()
      // Printed by our own process entry.
      resolve(JSON.parse(line) as SimulatorStateFile)
    })
  })
}

function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve()
  return new Promise((resolve) => child.once('exit', () => resolve()))
}

async function gone(pid: number): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    try {
      process.kill(pid, 0)
    } catch {
      return
    }
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}
