import { parameterError } from '../http/platform-error.js'
import type { Call } from './operation.js'

/** Internals of migration and clean-up that only root@pam itself may use; a token of root may not. */
const rootOnly = [
  'skiplock',
  'keepActive',
  'migratedfrom',
  'nocheck',
  'stateuri',
  'migration_type',
  'migration_network',
  'targetstorage',
] as const

export function refuseRootOnly(call: Call, names: readonly string[] = rootOnly): void {
  if (call.caller.identity === 'root@pam') return
  for (const name of names) {
    if (call.parameters.has(name)) throw parameterError({ [name]: 'Only root may use this option.' })
  }
}
