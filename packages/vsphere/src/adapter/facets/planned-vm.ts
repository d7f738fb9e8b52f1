import { HypervisorError } from '@dcm/core'
import type { DetailRow } from '../map-vm.js'
import type { Platform } from '../platform.js'
import { readAgain, type VmState } from '../power/power-state.js'

/** The VM that was planned for, as it is now; NOT_FOUND when it is gone. */
export async function readPlanned(
  platform: Platform,
  state: Readonly<Partial<VmState>>,
  signal: AbortSignal,
): Promise<DetailRow> {
  const row = await readAgain(platform, state, signal)
  if (row !== undefined) return row
  throw new HypervisorError('NOT_FOUND', `VM ${state.id} was removed meanwhile`, {
    ...(state.id !== undefined && { resource: state.id }),
  })
}
