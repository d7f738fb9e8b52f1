import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Json } from '../json.js'
import type { SecretInput } from '../secrets/secret.js'
import { canonicalJson, revealer, seal } from './seal.js'

const never = new AbortController().signal
const resolver = { resolve: () => Promise.reject(new Error('not asked')) }

describe('sealing', () => {
  it('leaves no inline secret in the sealed input, wherever it stood', async () => {
    const secretText = fc.string({ minLength: 8, maxLength: 20, unit: fc.constantFrom('x', 'y', 'z') })
    await fc.assert(
      fc.asyncProperty(fc.array(secretText, { minLength: 1, maxLength: 4 }), async (texts) => {
        const list = texts.map((secretValue, index): { index: number; deep: SecretInput } => ({
          index,
          deep: { secretValue },
        }))
        const input = { name: 'web', list }
        const { sealed, secrets } = seal(input, 'key')
        for (const text of texts) expect(JSON.stringify(sealed)).not.toContain(text)
        const reveal = revealer(secrets, resolver, never)
        for (const [index, text] of texts.entries()) {
          const entry = sealed.list[index]
          if (!entry) throw new Error('a list got shorter')
          expect((await reveal(entry.deep)).reveal()).toBe(text)
        }
      }),
    )
  })

  it('keeps a digest only under a key, and a different one for a different value', async () => {
    const digest = async (secretValue: string, key?: string) =>
      (seal({ password: { secretValue } }, key).sealed.password as { digest?: string }).digest
    expect(await digest('a')).toBeUndefined()
    expect(await digest('a', 'k')).toBe(await digest('a', 'k'))
    expect(await digest('a', 'k')).not.toBe(await digest('b', 'k'))
    expect(await digest('a', 'k')).not.toBe(await digest('a', 'other'))
  })

  it('survives keys that look like the prototype', async () => {
    const input = JSON.parse('{"__proto__":{"polluted":true},"a":1}') as { a: number }
    const { sealed } = seal(input)
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
    expect(sealed.a).toBe(1)
  })
})

describe('canonical JSON', () => {
  it('is one text for one value, whatever the order of keys', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const shuffled = Object.fromEntries(Object.entries(value).reverse())
        expect(canonicalJson(shuffled as Json)).toBe(canonicalJson(value as Json))
        expect(JSON.parse(canonicalJson(value as Json))).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
  })
})
