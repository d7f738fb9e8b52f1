import { afterAll, describe, expect, it } from 'vitest'
import { allChecks } from './all-checks.js'
import type { ConformanceOptions, HarnessModule } from './harness.js'
import { markdownOf, reportOf } from './report.js'
import { type CheckResult, runCheck } from './run-checks.js'

/**
 * Registers the conformance kit as vitest tests, one a check with its number in the title. A check that cannot be run
 * is skipped with its reason; a skip that `allowedSkips` does not explain, or explains though the check ran, fails.
 */
export function describeHypervisorConformance(options: ConformanceOptions): void {
  const { name, facets, allowedSkips = {}, reportTo } = options
  const harnessUrl = String(options.harness)
  const load = (): Promise<HarnessModule> => import(/* @vite-ignore */ harnessUrl)
  const results: CheckResult[] = []

  describe(`conformance of ${name}`, () => {
    for (const check of allChecks) {
      it(`${check.number} ${check.group}: ${check.title}`, { timeout: 200_000 }, async (test) => {
        const result = await runCheck(check, harnessUrl, load, facets, 180_000)
        results.push(result)
        const allowed = allowedSkips[check.number]
        if (result.status === 'skipped') {
          expect(
            allowed,
            `check ${check.number} was skipped (${result.reason}) but is not in allowedSkips`,
          ).toBeDefined()
          test.skip(result.reason)
        }
        expect(result.reason, result.reason).toBeUndefined()
        expect(allowed, `check ${check.number} runs: take it out of allowedSkips`).toBeUndefined()
      })
    }

    afterAll(async () => {
      if (reportTo === undefined) return
      const { mkdir, writeFile } = await import('node:fs/promises')
      const report = reportOf(name, results)
      await mkdir(reportTo, { recursive: true })
      await writeFile(`${reportTo}/report.json`, `${JSON.stringify(report, null, 2)}\n`)
      await writeFile(`${reportTo}/report.md`, markdownOf(report))
    })
  })
}
