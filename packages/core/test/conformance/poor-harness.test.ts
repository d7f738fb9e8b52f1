import { type ConformanceHarness, type HarnessModule, runChecks, type Scenario } from '@dcm/core/conformance/run'
import { remoteMemory } from '@dcm/core/memory'
import { expect, test } from 'vitest'
import { createHarness } from './harness.js'

/** A good harness without one part, and the checks that must not call themselves passed then. */
const poor: readonly {
  readonly without: string
  readonly checks: readonly number[]
  take(harness: ConformanceHarness): ConformanceHarness
}[] = [
  {
    without: 'networkId',
    checks: [37],
    take: (harness) => ({ ...harness, scenario: without(harness.scenario, 'networkId') }),
  },
  {
    without: 'secretRef',
    checks: [73],
    take: (harness) => ({ ...harness, scenario: without(harness.scenario, 'secretRef') }),
  },
  { without: 'volumes', checks: [43, 58, 59], take: (harness) => omit(harness, 'volumes') },
  { without: 'counts', checks: [53], take: (harness) => omit(harness, 'counts') },
  {
    without: 'marker',
    checks: [58],
    take: (harness) => ({
      ...harness,
      vms: async () => ((await harness.vms?.()) ?? []).map(({ marker: _, ...vm }) => vm),
    }),
  },
]

function without(scenario: Scenario, part: 'networkId' | 'secretRef'): Scenario {
  const { [part]: _, ...rest } = scenario
  return rest
}

function omit(harness: ConformanceHarness, part: 'volumes' | 'counts'): ConformanceHarness {
  const { [part]: _, ...rest } = harness
  return rest
}

test.for(poor)('without $without the kit skips what it cannot see, and says why', async ({ without, checks, take }) => {
  const module: HarnessModule = { createHarness: async () => take(await createHarness()) }
  const results = await runChecks(module, { facets: remoteMemory.facets, only: checks })
  expect(results.map(({ number, status }) => [number, status])).toEqual(checks.map((number) => [number, 'skipped']))
  for (const { reason } of results) expect(reason).toContain(`'${without}'`)
})
