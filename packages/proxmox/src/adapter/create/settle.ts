import type { Step } from '@dcm/core'
import type { Platform } from '../platform.js'
import { placeOf } from '../power/vm-state.js'
import { findKeyHolders, keyTaken, preferred } from './key-holders.js'
import { type CreateInput, type CreateState, markerOf } from './state.js'
import { destroyOwnStep } from './undo.js'

/**
 * Looks once more for VMs of the key: two runs may have missed each other. A finished VM stays, then the one that came
 * earlier in the key's order; the other gives way.
 */
export function settleStep(platform: Platform): Step<CreateInput, CreateState> {
  return {
    name: 'settle',
    repeat: 'read',
    times: ({ state }) => (state.adopted === true ? 0 : 1),
    async begin(context) {
      const { vmid } = placeOf(context.state)
      const holders = await findKeyHolders(platform, markerOf(context), context.input.spec.name, context.signal)
      const own = holders.find(({ place }) => place.vmid === vmid)
      if (own === undefined) {
        // What we took for ours is another's: its id was taken while the answer was lost.
        return { goTo: 'lookup', state: { probe: (context.state.probe ?? 0) + 1 }, forget: ['clone', 'create'] }
      }
      if (own.is === 'other-spec') throw keyTaken(own)
      const stays = preferred(holders)
      const rival = stays === undefined || stays.place.vmid === vmid ? undefined : stays.place.vmid
      return { done: true, state: { node: own.place.node, ...(rival !== undefined && { rival }) } }
    },
  }
}

/** Gives way to the other VM of the key: removes our own, then adopts that one. */
export function withdrawStep(platform: Platform): Step<CreateInput, CreateState> {
  const destroy = destroyOwnStep(platform)
  const adoptOther = { goTo: 'lookup', forget: ['clone', 'create'], state: { rival: 0 } }
  return {
    ...destroy,
    name: 'withdraw',
    times: ({ state }) => (state.rival !== undefined && state.rival > 0 ? 1 : 0),
    async begin(context) {
      const begun = await destroy.begin(context)
      return 'done' in begun ? adoptOther : begun
    },
    async poll(context, task) {
      const polled = await destroy.poll?.(context, task)
      return polled === undefined || 'done' in polled ? adoptOther : polled
    },
  }
}
