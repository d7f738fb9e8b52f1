import type { PowerState } from '@dcm/core'
import type { StateWords } from '@dcm/vsphere/simulator'

/** What the platform shows of a VM in one state, and what the port has to call it. */
export interface NativeStateRow {
  readonly native: string
  readonly words: StateWords
  readonly powerState: PowerState
}

const row = (powerState: string, connectionState: string, told: PowerState, question = false): NativeStateRow => ({
  native: `${powerState}, ${connectionState}${question ? ', a question' : ''}`,
  words: { powerState, connectionState, question },
  powerState: told,
})

/** Each power state with each connection state, and with a question that waits for an answer. */
export const nativeStates: readonly NativeStateRow[] = [
  row('poweredOff', 'connected', 'stopped'),
  row('poweredOn', 'connected', 'running'),
  row('suspended', 'connected', 'suspended'),
  row('poweredOn', 'connected', 'running', true),
  row('poweredOff', 'connected', 'stopped', true),
  ...['poweredOff', 'poweredOn', 'suspended'].flatMap((powerState) => [
    row(powerState, 'disconnected', 'unknown'),
    row(powerState, 'orphaned', 'error'),
    row(powerState, 'inaccessible', 'error'),
    row(powerState, 'invalid', 'error'),
  ]),
  row('poweredOff', 'connected', 'stopped'),
]
