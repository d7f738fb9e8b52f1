import { refusal } from './error.js'

/** What a task id says about its task. */
export interface UpidParts {
  readonly upid: string
  /** Node that runs the task, and the one to ask about it. */
  readonly node: string
  readonly pid: number
  readonly pstart: number
  /** Epoch seconds, by the node's clock. */
  readonly startTime: number
  /** Worker type, as in `qmclone`. */
  readonly type: string
  /** Usually the vmid; empty for some tasks of storage. A clone's task carries the source's vmid. */
  readonly id: string
  /** `user@realm` or `user@realm!token`. */
  readonly user: string
}

// UPID:<node>:<pid>:<pstart>:<starttime>:<type>:<id>:<user>:   Proxmox VE 7.4 to 9.2; numbers are hexadecimal.
const pattern =
  /^UPID:([A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?):([0-9A-Fa-f]{8}):([0-9A-Fa-f]{8,9}):([0-9A-Fa-f]{8}):([^:\s/]+):([^:\s/]*):([^:\s/]+):$/

/** Whether a value is a task id. */
export function isUpid(value: unknown): value is string {
  return typeof value === 'string' && value.startsWith('UPID:') && pattern.test(value)
}

/** Reads a task id; throws `validation` for anything else. */
export function parseUpid(upid: string): UpidParts {
  const match = pattern.exec(upid)
  if (match === null)
    throw refusal('not a task id: expected UPID:<node>:<pid>:<pstart>:<starttime>:<type>:<id>:<user>:')
  const [, node = '', pid = '', pstart = '', startTime = '', type = '', id = '', user = ''] = match
  return {
    upid,
    node,
    pid: Number.parseInt(pid, 16),
    pstart: Number.parseInt(pstart, 16),
    startTime: Number.parseInt(startTime, 16),
    type,
    id,
    user,
  }
}
