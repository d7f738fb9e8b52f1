import type { HypervisorPort } from '../port.js'
import { unwrap } from '../result.js'
import { value } from './assert.js'
import { type Check, type CheckContext, Skipped } from './check.js'
import type { ConformanceHarness, HarnessModule } from './harness.js'

/** What became of one check. */
export interface CheckResult {
  readonly number: number
  readonly group: string
  readonly title: string
  readonly status: 'passed' | 'failed' | 'skipped'
  /** Why it was skipped, or how it failed. */
  readonly reason?: string
  readonly ms: number
}

/** Runs one check on a fresh harness, so that no check sees another's leavings. */
export async function runCheck(
  check: Check,
  harnessUrl: string,
  load: () => Promise<HarnessModule>,
  manifest: readonly string[],
  timeoutMs = 30_000,
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
    const { createHarness } = await load()
    harness = await createHarness()
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`the check did not end within ${timeoutMs} ms`)), timeoutMs)
    })
    await Promise.race([check.run(contextFor(harness, harnessUrl, manifest, ports)), late])
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

let counter = 0
/** No creation has more mutations. */
const mostMutations = 12

function contextFor(
  harness: ConformanceHarness,
  harnessUrl: string,
  manifest: readonly string[],
  ports: HypervisorPort[],
): CheckContext {
  const context: CheckContext = {
    harness,
    harnessUrl,
    manifest,
    async connect(request) {
      const port = await harness.connect(request)
      ports.push(port)
      return port
    },
    async capabilities() {
      return unwrap(await (await context.connect()).capabilities())
    },
    spec(word, more = {}) {
      counter += 1
      return { powerOn: false, ...harness.scenario.spec, name: harness.scenario.name(`${word}-${counter}`), ...more }
    },
    async create(port, word, more) {
      const operation = value(await port.createVm(context.spec(word, more)), `createVm of '${word}'`)
      return value(await operation.wait({ timeoutMs: 20_000 }), `waiting for '${word}'`)
    },
    async mutationsOfCreate() {
      const { counts, resetCounts } = harness
      if (!counts || !resetCounts) return mostMutations
      await resetCounts.call(harness)
      await context.create(await context.connect(), 'plain', { powerOn: true })
      return (await counts.call(harness)).writes
    },
    fault(name) {
      const faults = harness.faults
      const found = faults?.[name]
      if (!faults || !found) throw new Skipped(`the harness has no fault switch '${name}'`)
      return found.bind(faults) as NonNullable<typeof found>
    },
    need(name) {
      const found = harness[name]
      if (found === undefined) throw new Skipped(`the harness has no '${name}'`)
      return (typeof found === 'function' ? found.bind(harness) : found) as NonNullable<typeof found>
    },
  }
  return context
}
