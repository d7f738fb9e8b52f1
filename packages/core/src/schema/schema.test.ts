import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkValue, invalidArgument } from './check.js'
import { array, boolean, choice, dictionary, integer, number, object, oneOf, optional, variants } from './index.js'
import { nearest } from './nearest.js'
import { string } from './scalars.js'
import { refine, type Schema } from './schema.js'
import { secretInput } from './secret-input.js'
import type { StandardSchema } from './standard-schema.js'

async function problemsOf(schema: Schema<unknown>, value: unknown): Promise<readonly string[]> {
  const checked = await checkValue(schema, value)
  return checked.problems?.map(({ path, message }) => `${path}: ${message}`) ?? []
}

const connection = object({
  host: string(),
  port: optional(integer({ min: 1, max: 65_535 })),
  mode: optional(choice('direct', 'proxied')),
  token: secretInput(),
  disks: optional(array(object({ sizeBytes: integer({ min: 1 }) }))),
})

describe('object', () => {
  it('gives back exactly the known members, leaving absent ones out', async () => {
    const value = { host: 'h', token: { secretRef: 'env:T' }, port: undefined }
    expect(await checkValue(connection, value)).toStrictEqual({ value: { host: 'h', token: { secretRef: 'env:T' } } })
  })

  it('collects every problem with its path', async () => {
    const value = { prot: 8006, mode: 'proxed', token: 'hunter2', disks: [{ sizeBytes: 1 }, { sizeBytes: 1.5 }, 7] }
    expect(await problemsOf(connection, value)).toEqual([
      "prot: is not a known field - did you mean 'port'?",
      'host: is missing; give a text',
      "mode: must be 'direct' or 'proxied' - did you mean 'proxied'?",
      "token: must be { secretRef: 'env:NAME' } or { secretValue: '...' }",
      'disks[1].sizeBytes: must be a whole number of at least 1',
      'disks[2]: must be an object: { sizeBytes }',
    ])
  })

  it('names the known fields when none is near', async () => {
    expect(await problemsOf(object({ a: optional(string()) }), { frobnicate: 1 })).toEqual([
      'frobnicate: is not a known field (known here: a)',
    ])
    expect(await problemsOf(object({}), { a: 1 })).toEqual(['a: is not a known field (there are none here)'])
  })

  it('takes no inherited member and pollutes no prototype', async () => {
    expect(await problemsOf(object({ host: string() }), Object.create({ host: 'inherited' }))).toEqual([
      'host: is missing; give a text',
    ])
    const hostile: unknown = JSON.parse('{"__proto__": {"polluted": true}, "a": {"polluted": true}}')
    expect(await problemsOf(object({}), hostile)).toHaveLength(2)
    const kept = await checkValue(dictionary(dictionary(boolean())), hostile)
    expect(Object.getPrototypeOf(kept.problems ? undefined : kept.value)).toBe(Object.prototype)
    expect({}).not.toHaveProperty('polluted')
  })

  it('refuses lists, null and texts', async () => {
    for (const value of [[], null, 'x', 1, undefined]) expect(await problemsOf(object({}), value)).toHaveLength(1)
  })
})

describe('oneOf', () => {
  const reference = oneOf(object({ id: string() }), object({ name: string(), within: optional(string()) }))

  it('tells what is wrong with the alternative that fits best', async () => {
    expect(await problemsOf(reference, { name: 'x', within: 3 })).toEqual(['within: must be a text'])
  })

  it('tells the choice when none fits best', async () => {
    const both = ': must be { id } or { name, within? }'
    expect(await problemsOf(reference, {})).toEqual([both])
    expect(await problemsOf(reference, 'debian-12')).toEqual([both])
    expect(await problemsOf(reference, { id: 'a', name: 'b' })).toEqual([both])
  })

  it('mixes words and objects', async () => {
    const address = oneOf(choice('dhcp'), object({ cidr: string() }))
    expect(await checkValue(address, 'dhcp')).toEqual({ value: 'dhcp' })
    expect(await problemsOf(address, 'dhpc')).toEqual([": must be 'dhcp' or { cidr }"])
    expect(await problemsOf(address, { cidr: 4 })).toEqual(['cidr: must be a text'])
  })
})

describe('variants', () => {
  const source = variants('from', {
    template: object({ from: choice('template'), template: string() }),
    blank: object({ from: choice('blank') }),
  })

  it('chooses by the word', async () => {
    expect(await checkValue(source, { from: 'blank' })).toEqual({ value: { from: 'blank' } })
    expect(await problemsOf(source, { from: 'template' })).toEqual(['template: is missing; give a text'])
  })

  it('names the words, and the one that was meant', async () => {
    expect(await problemsOf(source, { from: 'templat' })).toEqual([
      "from: must be 'template' or 'blank' - did you mean 'template'?",
    ])
    expect(await problemsOf(source, { from: 'constructor' })).toEqual(["from: must be 'template' or 'blank'"])
    expect(await problemsOf(source, 'blank')).toEqual([": must be an object with a 'from': 'template' or 'blank'"])
  })
})

describe('scalars', () => {
  it.each<[Schema<unknown>, unknown, string]>([
    [string(), '', ': must not be empty'],
    [string({ minLength: 3 }), 'ab', ': must have at least 3 characters'],
    [string({ maxLength: 2 }), 'abc', ': must have at most 2 characters, not 3'],
    [string({ pattern: /^a/, patternSays: 'must begin with a' }), 'b', ': must begin with a'],
    [string({ pattern: /^a/ }), 'b', ': must match /^a/'],
    [integer(), 2 ** 53, ': must be a whole number'],
    [integer({ max: 4 }), 5, ': must be a whole number of at most 4'],
    [integer({ min: 1, max: 4 }), '3', ': must be a whole number from 1 to 4'],
    [number(), Number.NaN, ': must be a number'],
    [boolean(), 'true', ': must be true or false'],
    [array(string(), { minLength: 1 }), [], ': must have 1 to 10000 items'],
    [array(string()), 'a', ': must be a list'],
    [refine(string(), (text) => (text === 'x' ? 'must not be x' : undefined)), 'x', ': must not be x'],
  ])('%# says what is wrong', async (schema, value, problem) => {
    expect(await problemsOf(schema, value)).toEqual([problem])
  })
})

describe('every reader', () => {
  it('never throws, never shows a text that was given, and keeps what it takes', async () => {
    const anything = fc.anything({ maxDepth: 3, withBigInt: true, withDate: true, withMap: true, withTypedArray: true })
    await fc.assert(
      fc.asyncProperty(anything, async (value) => {
        const checked = await checkValue(connection, value)
        if (!checked.problems) expect(checked.value).toEqual(value)
      }),
    )
    await fc.assert(
      fc.asyncProperty(fc.string({ minLength: 8 }), async (secret) => {
        const checked = await checkValue(connection, { host: 1, mode: `${secret}~`, token: secret, disks: secret })
        expect(JSON.stringify(checked)).not.toContain(JSON.stringify(secret).slice(1, -1))
      }),
    )
  })
})

describe('checkValue', () => {
  it('takes any Standard Schema, asynchronous ones and their path objects too', async () => {
    const foreign: StandardSchema<string> = {
      '~standard': {
        version: 1,
        vendor: 'other',
        validate: async () => ({ issues: [{ message: 'is bad', path: [{ key: 'a' }, 0, Symbol.for('s')] }] }),
      },
    }
    expect(await checkValue(foreign, 1, 'config')).toEqual({
      problems: [{ path: 'config.a[0].Symbol(s)', message: 'is bad' }],
    })
  })

  it('lists at most ten problems in the message and all in the details', () => {
    const problems = Array.from({ length: 12 }, (_, index) => ({ path: `p${index}`, message: 'is bad' }))
    const error = invalidArgument('the input', problems)
    expect(error.message).toContain('p9 is bad; and 2 more')
    expect(error.details.problems).toHaveLength(12)
  })
})

describe('nearest', () => {
  it('finds a misspelling and leaves other words alone', () => {
    expect(nearest('memorybytes', ['cpus', 'memoryBytes'])).toBe('memoryBytes')
    expect(nearest('xyz', ['cpus', 'memoryBytes'])).toBeUndefined()
  })
})
