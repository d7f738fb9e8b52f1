import { afterAll, describe, expect, it } from 'vitest'
import { allChecks } from './all-checks.js'
import type { ConformanceOptions } from './harness.js'
import { reportOf, writeReport } from './report.js'
import { type CheckResult, runCheck } from './run-checks.js'
import { verdictOn } from './verdict.js'

/** Longer than the longest check may take, so that the check's own word comes first. */
const testTimeoutMs = 450_000

/**
 * Registers the conformance kit as vitest tests, one a check with its number in the title. A check that cannot be run is
 * skipped with its reason; a skip that `allowedSkips` does not explain, or explains though the check ran, fails.
 */
export function describeHypervisorConformance(options: ConformanceOptions): void {
  const { name, harness, facets, allowedSkips = {}, reportTo } = options
  const results: CheckResult[] = []

  describe(`conformance of ${name}`, () => {
    for (const check of allChecks) {
      it(`${check.number} ${check.group}: ${check.title}`, { timeout: testTimeoutMs }, async (test) => {
        const result = await runCheck(check, harness, facets)
        results.push(result)
        const complaint = verdictOn(result, allowedSkips)
        if (complaint !== undefined) expect.fail(complaint)
        if (result.status === 'skipped') test.skip(result.reason)
      })
    }

    it('explains no skip of a check that does not exist', () => {
      const known = allChecks.map(({ number }) => number)
      expect(Object.keys(allowedSkips).filter((number) => !known.includes(Number(number)))).toEqual([])
    })

    afterAll(async () => {
      if (reportTo !== undefined) await writeReport(reportOf(name, results), reportTo)
    })
  })
}
