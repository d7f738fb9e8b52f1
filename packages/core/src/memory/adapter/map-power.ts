import type { PowerState, Transition } from '../../model/vm.js'
import type { NativePower } from '../platform/native-types.js'

interface Meaning {
  readonly powerState: PowerState
  readonly transition?: Transition
}

/** Every native state and what the port calls it. */
export const powerStates: { readonly [N in NativePower]: Meaning } = {
  HALTED: { powerState: 'stopped' },
  BOOTING: { powerState: 'transitioning', transition: 'starting' },
  UP: { powerState: 'running' },
  QUIESCING: { powerState: 'running', transition: 'stopping' },
  FROZEN: { powerState: 'paused' },
  HIBERNATED: { powerState: 'suspended' },
  BUILDING: { powerState: 'transitioning', transition: 'provisioning' },
  REMOVING: { powerState: 'transitioning', transition: 'deleting' },
  MOVING: { powerState: 'running', transition: 'migrating' },
  FAULT: { powerState: 'error' },
}

/** A state that this table does not know is `unknown`, never a guess. */
export function mapPower(state: string): Meaning {
  return Object.hasOwn(powerStates, state) ? powerStates[state as NativePower] : { powerState: 'unknown' }
}
