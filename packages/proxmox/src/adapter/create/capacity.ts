import type { ResourceRow } from '../platform.js'
import type { Checks } from './checks.js'
import type { StorageRow } from './facts.js'

/** Storages that hand out more than they have: only what exceeds all they have is surely too much. */
const thin: ReadonlySet<string> = new Set(['lvmthin', 'zfspool', 'rbd', 'btrfs'])

/** Memory and processors against the node's own: it refuses to start what exceeds them. */
export function checkNodeCapacity(
  rows: readonly ResourceRow[],
  node: string,
  wanted: { readonly cpus?: number | undefined; readonly memoryBytes?: number | undefined },
  checks: Checks,
): void {
  const row = rows.find((candidate) => candidate.type === 'node' && candidate.node === node)
  const { cpus, memoryBytes } = wanted
  if (memoryBytes !== undefined && row?.maxmem !== undefined && row.maxmem > 0 && memoryBytes > row.maxmem) {
    checks.short(`memory of node ${node}`, memoryBytes, row.maxmem)
  }
  if (cpus !== undefined && row?.maxcpu !== undefined && row.maxcpu > 0 && cpus > row.maxcpu) {
    const text = `processors of node ${node}: ${cpus} are asked for, and there are ${row.maxcpu}`
    checks.short(`processors of node ${node}`, cpus, row.maxcpu, text)
  }
}

/** Space for the new disks, storage by storage. */
export function checkSpace(storages: readonly StorageRow[], wanted: ReadonlyMap<string, number>, checks: Checks): void {
  for (const [storage, bytes] of wanted) {
    const row = storages.find((candidate) => candidate.storage === storage)
    const room = row && (thin.has(row.type) ? row.total : row.avail)
    if (room !== undefined && row?.total !== undefined && row.total > 0 && bytes > room) {
      checks.short(`storage ${storage}`, bytes, room)
    }
  }
}
