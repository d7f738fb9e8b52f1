import { dictionary, object, optional } from '../schema/composites.js'
import { integer, string } from '../schema/scalars.js'
import type { Schema } from '../schema/schema.js'
import { secretInput } from '../schema/secret-input.js'
import type { SecretInput } from '../secrets/secret.js'
import type { MemoryExtensions } from './adapter/create-state.js'

/** How an application reaches an in-memory platform. */
export interface MemoryConfig {
  /** Which of the platform's sites. Default: `main`. */
  readonly site?: string
  /** Default `operator`. */
  readonly user?: string
  /** Default: the password that every new site has. */
  readonly password?: SecretInput
}

/** How it reaches one that another process serves. */
export interface RemoteMemoryConfig extends MemoryConfig {
  /** `http://127.0.0.1:<port>`, as the serving process printed it. */
  readonly url: string
  /** What the serving process gave beside it. */
  readonly token: SecretInput
}

const common = { site: optional(string()), user: optional(string()), password: optional(secretInput()) }

export const configSchema: Schema<MemoryConfig> = object(common)

export const remoteConfigSchema: Schema<RemoteMemoryConfig> = object({
  ...common,
  url: string({
    pattern: /^http:\/\/(127\.0\.0\.1|\[::1\]|localhost):\d{1,5}$/,
    patternSays: "must be a loopback address, as 'http://127.0.0.1:8080': the platform is never served elsewhere",
  }),
  token: secretInput(),
})

export const extensionSchema: Schema<MemoryExtensions> = object({
  priority: optional(integer({ min: 1, max: 10 })),
  metadata: optional(dictionary(string())),
})
