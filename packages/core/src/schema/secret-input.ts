import type { SecretInput } from '../secrets/secret.js'
import { object } from './composites.js'
import { string } from './scalars.js'
import { invalid, type Schema, schema } from './schema.js'

const byReference = object({ secretRef: string({ maxLength: 4096 }) })
const byValue = object({ secretValue: string({ maxLength: 65_536 }) })
const expects = "{ secretRef: 'env:NAME' } or { secretValue: '...' }"

/** A secret by reference or by value. A bare text is refused, without being shown. */
export function secretInput(): Schema<SecretInput> {
  return schema<SecretInput>(
    expects,
    (value) => Math.max(byReference.fit(value), byValue.fit(value)),
    (value, path, report) => {
      for (const form of [byReference, byValue]) {
        const output = form.read(value, path, () => {})
        if (output !== invalid) return output
      }
      report(path, `must be ${expects}`)
      return invalid
    },
  )
}
