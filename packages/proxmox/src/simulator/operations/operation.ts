import type { Caller } from '../access/accounts.js'
import type { RawParameters } from '../http/form.js'
import type { UploadedFile } from '../http/multipart.js'
import { failure } from '../http/platform-error.js'
import type { Parameters } from '../schema/validate.js'
import type { TaskWorker } from '../tasks/worker.js'
import type { World } from '../world.js'
import { type ParameterReader, readParameters } from './parameter-reader.js'

/** One call of an operation, after authentication, permission check and validation. */
export interface Call {
  readonly world: World
  readonly caller: Caller
  readonly parameters: ParameterReader
  /** The node that acts: that of the path, else the contacted one. */
  readonly node: string
  readonly upload: UploadedFile | undefined
}

export interface Answer {
  readonly data: unknown
  /** Number of rows before paging; sent only when it is not 0. */
  readonly total?: number
  /** Sent instead of JSON. */
  readonly plainText?: string
}

/** An operation as the simulator plays it; `key` is method and path template as in the vendor's API tree. */
export interface Operation {
  readonly key: string
  readonly run: (call: Call) => Answer | Promise<Answer>
}

export function createCall(base: Omit<Call, 'parameters'>, parameters: Parameters | RawParameters): Call {
  return { ...base, parameters: readParameters(parameters) }
}

/** Forks a worker on the acting node and answers with its task id. */
export function fork(call: Call, type: string, id: string, run: (worker: TaskWorker) => Promise<void>): Answer {
  return { data: forkTask(call, type, id, run) }
}

export function forkTask(call: Call, type: string, id: string, run: (worker: TaskWorker) => Promise<void>): string {
  const { user, token } = call.caller
  return call.world.tasks.start({ node: call.node, type, id, user, token, run }).upid
}

const DEFAULT_PATIENCE_SECONDS = 10

/** Holds the lock file of a guest's configuration alone. */
export function lockConfig<Result>(
  world: World,
  vmid: number,
  work: () => Promise<Result>,
  patienceSeconds: number = DEFAULT_PATIENCE_SECONDS,
): Promise<Result> {
  return lockConfigAs(world, vmid, 'exclusive', patienceSeconds, work)
}

/** Holds it together with other readers, as clones of a stopped guest do. */
export function shareConfigLock<Result>(
  world: World,
  vmid: number,
  patienceSeconds: number,
  work: () => Promise<Result>,
): Promise<Result> {
  return lockConfigAs(world, vmid, 'shared', patienceSeconds, work)
}

function lockConfigAs<Result>(
  world: World,
  vmid: number,
  mode: 'shared' | 'exclusive',
  patienceSeconds: number,
  work: () => Promise<Result>,
): Promise<Result> {
  const name = `/var/lock/qemu-server/lock-${vmid}.conf`
  const request = {
    name,
    mode,
    patienceMs: patienceSeconds * world.timing.lockSecondMs,
    timeout: () => failure(`can't lock file '${name}' - got timeout`),
  }
  return world.locks.hold(request, work)
}

/** Writes need a majority of the cluster's votes. */
export function requireQuorum(world: World): void {
  if (!world.cluster.quorate) throw failure('cluster not ready - no quorum?')
}
