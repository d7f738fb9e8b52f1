import { postEvent } from '../world/events.js'
import type { World } from '../world/world.js'
import { configOf, detach, type Machine } from './machine.js'
import { displayName } from './names.js'

/** Takes a VM out of the inventory, with its snapshots. */
export function removeMachine(world: World, machine: Machine): void {
  postEvent(world, 'VmRemovedEvent', machine, `Removed ${displayName(configOf(machine).name)}`, {})
  detach(world, machine)
  for (const ref of machine.state.rootSnapshot ?? []) {
    const snapshot = world.lookUp(ref)
    if (snapshot !== undefined) world.remove(snapshot)
  }
  world.remove(machine)
}
