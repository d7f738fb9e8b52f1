import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { createInterface } from 'node:readline'
import { findVcsim } from './build-vcsim.js'
import { createVcsimControl, type VcsimControl } from './vcsim-control.js'

export { findVcsim } from './build-vcsim.js'
export type * from './vcsim-control.js'

/** Size of the model; what is left out is as in vcsim's default inventory. */
export interface VcsimOptions {
  /** A bare ESXi host: one datacenter, one host, no cluster. */
  readonly esx?: boolean
  readonly datacenters?: number
  /** For each datacenter. */
  readonly clusters?: number
  /** For each cluster. */
  readonly hosts?: number
  /** For each datacenter. */
  readonly standaloneHosts?: number
  /** For each resource pool. */
  readonly vms?: number
  readonly pools?: number
  readonly datastores?: number
  readonly portgroups?: number
  readonly folders?: number
  readonly vApps?: number
  readonly storagePods?: number
  /** Default true: the model's VMs run. */
  readonly autostart?: boolean
  /** Default 8.0.3.0. */
  readonly apiVersion?: string
  /** SOAP traffic to standard error. */
  readonly trace?: boolean
}

/** A vcsim in a process of its own. */
export interface Vcsim extends VcsimControl {
  /** `https://127.0.0.1:port`, without `/sdk`. */
  readonly url: string
  readonly port: number
  /** PEM; self-signed. */
  readonly certificate: string
  /** Upper-case hex with colons, SHA-256. */
  readonly thumbprint256: string
  /** The same, SHA-1. */
  readonly thumbprint1: string
  readonly userName: string
  readonly password: string
  /** Of the vCenter. */
  readonly instanceUuid: string
  readonly apiVersion: string
  readonly govmomiVersion: string
  /** Fulfilled when the process is gone; a task that panics ends it. */
  readonly exited: Promise<number | null>
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

const START_PATIENCE_MS = 120_000

const flags = {
  datacenters: 'dc',
  clusters: 'cluster',
  hosts: 'host',
  standaloneHosts: 'standalone-host',
  vms: 'vm',
  pools: 'pool',
  datastores: 'ds',
  portgroups: 'pg',
  folders: 'folder',
  vApps: 'app',
  storagePods: 'pod',
  esx: 'esx',
  autostart: 'autostart',
  apiVersion: 'api-version',
  trace: 'trace',
} as const satisfies Record<keyof VcsimOptions, string>

/**
 * Starts a vcsim on a free loopback port. Ask {@link findVcsim} first whether there is one:
 * `describe.skipIf((await findVcsim()) === undefined)`.
 */
export async function startVcsim(options: VcsimOptions = {}): Promise<Vcsim> {
  const binary = await findVcsim()
  if (binary === undefined) throw new Error('there is no vcsim on this machine')
  const password = randomUUID()
  const child = spawn(binary, [...argumentsOf(options), `-password=${password}`], {
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const errors = collect(child)
  const exited = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)))
  const { control, ...ready } = await firstLine(child, errors)
  const close = async (): Promise<void> => {
    child.stdin.end()
    await exited
  }
  return { ...ready, ...createVcsimControl(control), exited, close, [Symbol.asyncDispose]: close }
}

function argumentsOf(options: VcsimOptions): string[] {
  return Object.entries(flags).flatMap(([name, flag]) => {
    const value = options[name as keyof VcsimOptions] // a key of `flags`, which holds exactly these
    return value === undefined ? [] : [`-${flag}=${value}`]
  })
}

type ReadyLine = Omit<Vcsim, keyof VcsimControl | 'exited' | 'close' | typeof Symbol.asyncDispose> & {
  readonly control: string
}

/** The last lines that the process wrote to standard error: the reason when it dies. */
function collect(child: ChildProcess): () => string {
  let text = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    text = (text + chunk.toString()).slice(-4_000)
  })
  return () => text.trim()
}

function firstLine(child: ChildProcess, errors: () => string): Promise<ReadyLine> {
  return new Promise((resolve, reject) => {
    const { stdout } = child
    if (stdout === null) throw new Error('vcsim was started without an output')
    const fail = (reason: string): void => {
      clearTimeout(timer)
      child.kill()
      reject(new Error(`vcsim ${reason}: ${errors()}`))
    }
    const timer = setTimeout(() => fail(`said nothing within ${START_PATIENCE_MS} ms`), START_PATIENCE_MS)
    const onExit = (code: number | null): void => fail(`ended with code ${code} before it was ready`)
    child.once('error', (error) => fail(`could not be started: ${error.message}`))
    child.once('exit', onExit)
    createInterface({ input: stdout }).once('line', (line) => {
      clearTimeout(timer)
      child.off('exit', onExit)
      // Printed by our own program.
      resolve(JSON.parse(line) as ReadyLine)
    })
  })
}
