import type { PowerState, Transition } from '@dcm/core'

interface Meaning {
  readonly powerState: PowerState
  readonly transition?: Transition
}

/** Every state word of the appliance and what the port calls it. */
export const states: Readonly<Record<string, Meaning>> = {
  building: { powerState: 'transitioning', transition: 'provisioning' },
  off: { powerState: 'stopped' },
  booting: { powerState: 'transitioning', transition: 'starting' },
  on: { powerState: 'running' },
  removing: { powerState: 'transitioning', transition: 'deleting' },
  broken: { powerState: 'error' },
}

/** A word that this version does not know is `unknown`: never a guess, and never `stopped`. */
export function mapState(word: string): Meaning {
  return (Object.hasOwn(states, word) ? states[word] : undefined) ?? { powerState: 'unknown' }
}
