import type { SecretInput } from '@dcm/core'
import { boolean, object, optional, type Schema, secretInput, string } from '@dcm/core/schema'

/** How an application reaches a Pebble, beside `type` and `endpoint`, which every platform has. */
export interface PebbleConfig {
  /** `http://127.0.0.1:8080`: a Pebble speaks plain HTTP, so it is used on loopback or through a tunnel only. */
  readonly url: string
  /** An API token. `SecretInput` lets it be a reference, and keeps it out of everything that is printed or stored. */
  readonly token: SecretInput
}

/** What only a Pebble can do for a new VM: `spec.extensions.pebble`. */
export interface PebbleExtensions {
  /** Start the VM when the appliance itself starts. Default false. */
  readonly autostart?: boolean
}

// The annotations are for the compiler's sake and the reader's: the schema must give exactly these types.
export const configSchema: Schema<PebbleConfig> = object({
  url: string({
    pattern: /^http:\/\/(127\.0\.0\.1|\[::1\]|localhost):\d{1,5}$/,
    patternSays:
      "must be a loopback address, as 'http://127.0.0.1:8080'; open a tunnel to reach an appliance elsewhere",
  }),
  token: secretInput(),
})

export const extensionSchema: Schema<PebbleExtensions> = object({ autostart: optional(boolean()) })
