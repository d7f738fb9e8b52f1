export interface UpidParts {
  readonly node: string
  readonly pid: number
  /** Start of the process in hundredths of a second since the node was booted. */
  readonly pstart: number
  /** Seconds since the epoch. */
  readonly starttime: number
  readonly type: string
  /** May be empty. */
  readonly id: string
  /** `name@realm` or `name@realm!token`. */
  readonly user: string
}

const grammar =
  /^UPID:([A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?):([0-9A-Fa-f]{8}):([0-9A-Fa-f]{8,9}):([0-9A-Fa-f]{8}):([^:\s/]+):([^:\s/]*):([^:\s/]+):$/

export function printUpid(parts: UpidParts): string {
  const { node, pid, pstart, starttime, type, id, user } = parts
  return `UPID:${node}:${hex(pid)}:${hex(pstart)}:${hex(starttime)}:${type}:${id}:${user}:`
}

export function parseUpid(text: string): UpidParts | undefined {
  const parts = grammar.exec(text)
  if (parts === null) return undefined
  const [, node = '', pid = '', pstart = '', starttime = '', type = '', id = '', user = ''] = parts
  return {
    node,
    pid: Number.parseInt(pid, 16),
    pstart: Number.parseInt(pstart, 16),
    starttime: Number.parseInt(starttime, 16),
    type,
    id,
    user,
  }
}

function hex(value: number): string {
  return value.toString(16).toUpperCase().padStart(8, '0')
}
