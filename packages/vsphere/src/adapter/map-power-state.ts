import type { PowerState } from '@dcm/core'

/** State words of a VM: `runtime.powerState`, `runtime.connectionState`, and whether a question waits for an answer. */
export interface NativeState {
  readonly powerState?: string | undefined
  readonly connectionState?: string | undefined
  readonly question?: boolean
}

export interface MappedState {
  readonly powerState: PowerState
  readonly locked?: string
  readonly rawState: string
}

const whileConnected: Readonly<Record<string, PowerState>> = {
  poweredOn: 'running',
  poweredOff: 'stopped',
  suspended: 'suspended',
}

/** What a lost connection makes of any power state. */
const otherwise: Readonly<Record<string, PowerState>> = {
  disconnected: 'unknown',
  orphaned: 'error',
  inaccessible: 'error',
  invalid: 'error',
}

/** The port's state for any combination of the platform's words. Total: what is not known here is `unknown`. */
export function mapPowerState({ powerState = '', connectionState = '', question = false }: NativeState): MappedState {
  const raw = connectionState === 'connected' ? powerState : `${powerState}/${connectionState}`
  return {
    powerState: verdict(powerState, connectionState),
    ...(question && { locked: 'question' }),
    rawState: `${raw === '' || raw === '/' ? 'unknown' : raw}${question ? '/question' : ''}`,
  }
}

function verdict(powerState: string, connectionState: string): PowerState {
  const table = connectionState === 'connected' ? whileConnected : otherwise
  const word = connectionState === 'connected' ? powerState : connectionState
  return (Object.hasOwn(table, word) ? table[word] : undefined) ?? 'unknown'
}
