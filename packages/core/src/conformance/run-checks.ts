import type { FacetName } from '../model/facets/facets.js'
import type { HypervisorPort } from '../port.js'
import { allChecks } from './all-checks.js'
import { type Check, type CheckGroup, Skipped } from './check.js'
import { contextFor } from './context.js'
import type { ConformanceHarness, HarnessModule } from './harness.js'

/** What became of one check. */
export interface CheckResult {
  readonly number: number
  readonly group: CheckGroup
  readonly title: string
  readonly status: 'passed' | 'failed' | 'skipped'
  /** Why it was skipped, or how it failed. */
  readonly reason?: string
  readonly ms: number
}

/** Which checks, and how long each may take. */
export interface RunOptions {
  /** The facets of the plugin's manifest. Default: none. */
  readonly facets?: readonly FacetName[]
  /** Numbers of the checks to run. Default: all. */
  readonly only?: readonly number[]
  /** Default 400,000 ms. */
  readonly timeoutMs?: number
}

/** Runs checks one after the other, without any test runner: for reports, and for proofs that a check can fail. */
export async function runChecks(harness: HarnessModule, options: RunOptions = {}): Promise<readonly CheckResult[]> {
  const { facets = [], only, timeoutMs } = options
  const unknown = only?.filter((number) => !allChecks.some((check) => check.number === number)) ?? []
  if (unknown.length > 0) throw new RangeError(`there is no check ${unknown.join(', ')}`)
  const results: CheckResult[] = []
  for (const check of allChecks) {
    if (only === undefined || only.includes(check.number)) {
      results.push(await runCheck(check, harness, facets, timeoutMs))
    }
  }
  return results
}

/** The numbers of the checks that ended so, in order. */
export function numbersOf(results: readonly CheckResult[], status: CheckResult['status']): readonly number[] {
  return results.filter((result) => result.status === status).map(({ number }) => number)
}

/** Runs one check on a fresh harness, so that no check sees another's leavings. */
export async function runCheck(
  check: Check,
  module: HarnessModule,
  manifest: readonly FacetName[],
  timeoutMs = 400_000,
): Promise<CheckResult> {
  const started = performance.now()
  const { number, group, title } = check
  const done = (status: CheckResult['status'], reason?: string): CheckResult => ({
    number,
    group,
    title,
    status,
    ...(reason !== undefined && { reason }),
    ms: Math.round(performance.now() - started),
  })
  let harness: ConformanceHarness | undefined
  const ports: HypervisorPort[] = []
  let timer: NodeJS.Timeout | undefined
  try {
    harness = await module.createHarness()
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`the check did not end within ${timeoutMs} ms`)), timeoutMs)
    })
    await Promise.race([check.run(contextFor(harness, module, manifest, ports)), late])
    return done('passed')
  } catch (error) {
    if (error instanceof Skipped) return done('skipped', error.reason)
    return done('failed', error instanceof Error ? error.message : String(error))
  } finally {
    clearTimeout(timer)
    await Promise.allSettled(ports.map((port) => port.close()))
    await harness?.close().catch(() => {})
  }
}
