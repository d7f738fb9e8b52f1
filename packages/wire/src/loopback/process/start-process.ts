import { type ChildProcess, spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { createControlClient, type SimulatorControl } from './control-client.js'
import { optionsVariable, type SimulatorProcessOptions, type SimulatorState } from './protocol.js'

/** A simulator in a process of its own, steered over its control door. */
export interface SimulatorProcess<Native, PlatformFault, Answer = void>
  extends SimulatorControl<Native, PlatformFault, Answer> {
  readonly pid: number
  /** Asks the process to end and waits until it did; calling it again does nothing. */
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/** What is known of a running simulator: its state without the token, and the handle. */
export type Running<State extends SimulatorState, Native, PlatformFault, Answer = void> = Omit<State, 'controlToken'> &
  SimulatorProcess<Native, PlatformFault, Answer>

const startPatienceMs = 120_000

/**
 * Starts a simulator as its own process. `entry` is a built program that calls `runSimulatorProcess`; the options are those
 * of the simulator and of the process.
 */
export async function startSimulatorProcess<State extends SimulatorState, Native, PlatformFault, Answer = void>(
  entry: string,
  options: SimulatorProcessOptions,
): Promise<Running<State, Native, PlatformFault, Answer>> {
  const { detached = false, ...settings } = options
  const child = spawn(process.execPath, [entry], {
    detached,
    stdio: ['ignore', 'pipe', detached ? 'ignore' : 'inherit'],
    env: { ...process.env, [optionsVariable]: JSON.stringify(settings) },
  })
  // Printed by our own program.
  const state = JSON.parse(await firstLine(child)) as State
  if (detached) {
    child.stdout?.destroy()
    child.unref()
  }
  return handleOf(state, () => ended(child))
}

/** Finds a simulator that an earlier process left running; undefined when the file is missing or nobody answers. */
export async function attachSimulatorProcess<State extends SimulatorState, Native, PlatformFault, Answer = void>(
  stateFile: string,
): Promise<Running<State, Native, PlatformFault, Answer> | undefined> {
  const text = await readFile(stateFile, 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  try {
    // Written by our own program; a file that is something else fails at the first question below.
    const state = JSON.parse(text) as State
    const handle = handleOf<State, Native, PlatformFault, Answer>(state, () => gone(state.pid))
    await handle.state()
    return handle
  } catch {
    return undefined
  }
}

function handleOf<State extends SimulatorState, Native, PlatformFault, Answer>(
  state: State,
  untilEnded: () => Promise<void>,
): Running<State, Native, PlatformFault, Answer> {
  const client = createControlClient<Native, PlatformFault, Answer>(state)
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

function firstLine(child: ChildProcess): Promise<string> {
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
      fail(`said nothing within ${startPatienceMs} ms`)
    }, startPatienceMs)
    child.once('error', (error) => fail(`could not be started: ${error.message}`))
    child.once('exit', (code) => fail(`ended with code ${code} before it was ready`))
    lines.once('line', (line) => {
      clearTimeout(timer)
      child.removeAllListeners('exit')
      lines.close()
      stdout.resume()
      resolve(line)
    })
  })
}

function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve()
  // A detached one is not waited for until it is asked to end.
  child.ref()
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
