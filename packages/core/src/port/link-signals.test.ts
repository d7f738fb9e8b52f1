import { once } from 'node:events'
import { expect, it } from 'vitest'
import { linkSignals } from './link-signals.js'

it('is aborted with the first source, for its reason', () => {
  const [first, second] = [new AbortController(), new AbortController()]
  const linked = linkSignals([
    { signal: undefined, reason: () => 'none' },
    { signal: first.signal, reason: () => 'first' },
    { signal: second.signal, reason: () => 'second' },
  ])
  second.abort()
  first.abort()
  expect(linked.signal.reason).toBe('second')
  const late = linkSignals([{ signal: first.signal, reason: () => 'already' }])
  expect(late.signal.reason).toBe('already')
  late.release()
})

it('shares one listener among many, without a warning, and lets go of it', async () => {
  const warnings: unknown[] = []
  const onWarning = (warning: unknown): void => void warnings.push(warning)
  process.on('warning', onWarning)
  const source = new AbortController()
  const linked = Array.from({ length: 50 }, () => linkSignals([{ signal: source.signal, reason: () => 'done' }]))
  linked[0]?.release()
  source.abort()
  expect(linked[0]?.signal.aborted).toBe(false)
  expect(linked.slice(1).every(({ signal }) => signal.reason === 'done')).toBe(true)
  await new Promise((resolve) => setImmediate(resolve))
  process.off('warning', onWarning)
  expect(warnings).toEqual([])
})

it('goes on after one of several was released', async () => {
  const source = new AbortController()
  const first = linkSignals([{ signal: source.signal, reason: () => 1 }])
  first.release()
  const second = linkSignals([{ signal: source.signal, reason: () => 2 }])
  first.release()
  const aborted = once(second.signal, 'abort')
  source.abort()
  await aborted
  expect(second.signal.reason).toBe(2)
})
