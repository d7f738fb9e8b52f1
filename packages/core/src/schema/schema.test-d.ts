import { expectTypeOf, it } from 'vitest'
import type { SecretInput } from '../secrets/secret.js'
import {
  array,
  boolean,
  choice,
  dictionary,
  integer,
  type OutputOf,
  object,
  oneOf,
  optional,
  type Schema,
  type StandardSchema,
  secretInput,
  string,
  variants,
} from './index.js'

it('infers what is read', () => {
  const schema = object({
    host: string(),
    port: optional(integer()),
    mode: choice('direct', 'proxied'),
    token: secretInput(),
    tags: array(string()),
    notes: optional(dictionary(boolean())),
    address: oneOf(choice('dhcp'), object({ cidr: string() })),
    source: variants('from', { a: object({ from: choice('a') }), b: object({ from: choice('b'), size: integer() }) }),
  })
  type Output = OutputOf<typeof schema>
  expectTypeOf<Output>().toEqualTypeOf<{
    readonly host: string
    readonly port?: number
    readonly mode: 'direct' | 'proxied'
    readonly token: SecretInput
    readonly tags: readonly string[]
    readonly notes?: { readonly [key: string]: boolean }
    readonly address: 'dhcp' | { readonly cidr: string }
    readonly source: { readonly from: 'a' } | { readonly from: 'b'; readonly size: number }
  }>()
  expectTypeOf(schema).toExtend<StandardSchema<Output>>()
})

it('can be annotated with an interface', () => {
  interface Config {
    readonly host: string
    readonly port?: number
  }
  const schema: Schema<Config> = object({ host: string(), port: optional(integer()) })
  expectTypeOf<OutputOf<typeof schema>>().toEqualTypeOf<Config>()
  // @ts-expect-error the schema does not give what the interface demands
  const wrong: Schema<Config> = object({ host: integer() })
  expectTypeOf(wrong).toEqualTypeOf<Schema<Config>>()
})
