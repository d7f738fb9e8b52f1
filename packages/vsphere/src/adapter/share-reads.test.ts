import { expect, it } from 'vitest'
import { shareReads } from './share-reads.js'

const patient = new AbortController().signal

/** A read that is answered by hand: what it was answered with, and which signals it was given. */
function sharedRead() {
  const begun: { readonly signal: AbortSignal; answer(value: string): void; fail(reason: Error): void }[] = []
  const read = shareReads((signal) => new Promise<string>((answer, fail) => begun.push({ signal, answer, fail })))
  const count = (expected: number) => expect.poll(() => begun.length).toBe(expected)
  return { begun, read, count }
}

it('begins one read for all who ask before it begins', async () => {
  const { begun, read, count } = sharedRead()
  const asking = [read(patient), read(patient), Promise.resolve().then(() => read(patient))]
  expect(begun).toEqual([])
  await count(1)
  begun[0]?.answer('one')
  expect(await Promise.all(asking)).toEqual(['one', 'one', 'one'])
  expect(begun).toHaveLength(1)
})

it('gives nobody what was begun before the question, and begins the next read when the first has ended', async () => {
  const { begun, read, count } = sharedRead()
  const first = read(patient)
  await count(1)
  const later = [read(patient), read(patient)]
  await new Promise(setImmediate)
  expect(begun).toHaveLength(1)
  begun[0]?.answer('old')
  expect(await first).toBe('old')
  await count(2)
  begun[1]?.answer('new')
  expect(await Promise.all(later)).toEqual(['new', 'new'])
})

it('keeps nothing', async () => {
  const { begun, read, count } = sharedRead()
  const first = read(patient)
  await count(1)
  begun[0]?.answer('old')
  await first
  const second = read(patient)
  await count(2)
  begun[1]?.answer('new')
  expect(await second).toBe('new')
})

it('tells a failure to all who wait for it, and to nobody else', async () => {
  const { begun, read, count } = sharedRead()
  const failing = Promise.allSettled([read(patient), read(patient)])
  await count(1)
  const later = read(patient)
  begun[0]?.fail(new Error('no'))
  expect((await failing).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  await count(2)
  begun[1]?.answer('yes')
  expect(await later).toBe('yes')
})

it('goes on for those who still wait when one gives up, and ends when all have', async () => {
  const { begun, read, count } = sharedRead()
  const [one, other] = [new AbortController(), new AbortController()]
  const asking = [read(one.signal), read(other.signal)]
  await count(1)
  one.abort(new Error('one gave up'))
  await expect(asking[0]).rejects.toThrow('one gave up')
  expect(begun[0]?.signal.aborted).toBe(false)
  other.abort(new Error('so did the other'))
  await expect(asking[1]).rejects.toThrow('so did the other')
  expect(begun[0]?.signal.aborted).toBe(true)
})

it('never begins a read that all gave up before, and does not let it stand in the way of the next', async () => {
  const { begun, read, count } = sharedRead()
  const first = read(patient)
  await count(1)
  const hasty = new AbortController()
  const second = read(hasty.signal)
  hasty.abort(new Error('too late'))
  await expect(second).rejects.toThrow('too late')
  const third = read(patient)
  begun[0]?.answer('first')
  expect(await first).toBe('first')
  await count(2)
  begun[1]?.answer('third')
  expect(await third).toBe('third')
  await expect(read(hasty.signal)).rejects.toThrow('too late')
  expect(begun).toHaveLength(2)
})
