import { describe, expect, it } from 'vitest'
import { isHeaderToken, readSecret } from './secret.js'

describe('readSecret', () => {
  const refusal = (message: string): RangeError => new RangeError(message)

  it('gives a text, or what a function gives each time it is asked', async () => {
    let turn = 0
    const next = (): string => {
      turn += 1
      return `value ${turn}`
    }
    expect(await readSecret('plain', 'it', refusal)).toBe('plain')
    expect([await readSecret(next, 'it', refusal), await readSecret(async () => next(), 'it', refusal)]).toEqual([
      'value 1',
      'value 2',
    ])
  })

  it('refuses what is empty or no text by the error of the client', async () => {
    for (const wrong of ['', () => '', async () => ['secret'] as never]) {
      await expect(readSecret(wrong, 'the password', refusal)).rejects.toThrow(
        new RangeError('the password is empty or not a string'),
      )
    }
  })
})

it('isHeaderToken lets through what a header can carry in one word', () => {
  expect(['abc-123=', 'a b', 'ä', '', 'a\n'].map(isHeaderToken)).toEqual([true, false, false, false, false])
})
