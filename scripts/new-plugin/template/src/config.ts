import type { SecretInput } from '@dcm/core'
import { object, type Schema, secretInput, string } from '@dcm/core/schema'

/** How an application reaches the platform, beside `type` and `endpoint`. */
export interface AcmeConfig {
  readonly url: string
  readonly token: SecretInput
}

/** What only this platform can do for a new VM: nothing yet. */
export interface AcmeExtensions {
  readonly [key: string]: never
}

export const configSchema: Schema<AcmeConfig> = object({ url: string(), token: secretInput() })

export const extensionSchema: Schema<AcmeExtensions> = object({})
