import { allChecks, numbersOf, runChecks } from '@dcm/core/conformance/run'
import { describe, expect, test } from 'vitest'
import { allowedSkips } from '../allowed-skips.js'
import { twinGroups } from './index.js'
import { optionsFor } from './twin.js'
import { moduleOf } from './twin-module.js'

const sorted = (numbers: Iterable<number>): readonly number[] => [...new Set(numbers)].sort((one, other) => one - other)

describe('each broken twin is caught', () => {
  for (const [name, group] of Object.entries(twinGroups)) {
    describe(name, () => {
      test.concurrent.for(group.twins)('$name: $breaks', async (twin, { expect }) => {
        const results = await runChecks(moduleOf(twin), optionsFor(twin, group))
        const reasons = results.flatMap(({ number, status, reason }) =>
          status === 'failed' ? [`${number}: ${reason}`] : [],
        )
        expect(numbersOf(results, 'failed'), reasons.join('\n')).toEqual(sorted([...twin.checks, ...(twin.also ?? [])]))
      })

      test('a twin without a fault is not', async () => {
        const good = { name: 'good', breaks: 'nothing', checks: [], make: () => ({}) }
        expect(numbersOf(await runChecks(moduleOf(good), optionsFor(good, group)), 'passed')).toEqual(
          sorted(group.tries),
        )
      })
    })
  }
})

test('no two twins have one name: another process finds them by it', () => {
  const names = Object.values(twinGroups).flatMap(({ twins }) => twins.map(({ name }) => name))
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([])
})

test('every check has a twin, but for those that cannot be run here', () => {
  const proven = Object.values(twinGroups).flatMap(({ twins }) => twins.flatMap(({ checks }) => checks))
  const without = allChecks.map(({ number }) => number).filter((number) => !proven.includes(number))
  expect(without).toEqual(Object.keys(allowedSkips).map(Number))
})
