import { HypervisorError, type Step } from '@dcm/core'
import { ProxmoxError } from '../../client/error.js'
import type { Platform } from '../platform.js'
import { probe, rangeSize } from './probe-order.js'
import { type CreateInput, type CreateState, markerOf } from './state.js'
import { readVmidRange } from './vmid-range.js'

/** Ids asked for in one step, which is to stay bounded. */
const looksAtOnce = 12

/** GET /cluster/nextid?vmid=<probe>: finds the first id of the key's order that is free. It reserves nothing. */
export function reserveStep(platform: Platform): Step<CreateInput, CreateState> {
  return {
    name: 'reserve',
    repeat: 'read',
    times: ({ state }) => (state.adopted === true || state.own === true ? 0 : 1),
    async begin(context) {
      const { key } = markerOf(context)
      const { signal, state } = context
      const range = await readVmidRange(platform, signal)
      const first = state.probe ?? 0
      for (let index = first; index < first + looksAtOnce; index++) {
        if (index >= rangeSize(range)) throw exhausted(range.from, range.to)
        const vmid = probe(range, key, index)
        if (await isFree(platform, vmid, signal)) {
          return { done: true, state: { vmid, probe: index, node: state.target ?? '' } }
        }
      }
      return { goTo: 'reserve', state: { probe: first + looksAtOnce } }
    },
  }
}

async function isFree(platform: Platform, vmid: number, signal: AbortSignal): Promise<boolean> {
  try {
    await platform.api.request('GET /cluster/nextid', { vmid }, { signal })
    return true
  } catch (error) {
    if (ProxmoxError.isInstance(error) && error.kind === 'already-exists') return false
    throw error
  }
}

function exhausted(from: number, to: number): HypervisorError {
  const message = `every id from ${from} to ${to} is taken: remove VMs, or widen vmidRange or the datacenter's next-id range`
  return new HypervisorError('RESOURCE_EXHAUSTED', message, { details: { resource: 'vmid', available: 0 } })
}
