import type { FacetName } from '../model/facets/facets.js'
import type { HypervisorPort } from '../port.js'
import { unwrap } from '../result.js'
import { value } from './assert.js'
import { type CheckContext, Skipped } from './check.js'
import type { ConformanceHarness, HarnessModule } from './harness.js'
import { inOtherProcess } from './other-process.js'
import { patienceMs } from './patience.js'

/** Makes names unique over the whole run: some platforms remember names of what is gone. */
let counter = 0
/** No creation has more mutations. */
const mostMutations = 12

/** What one check works with; the ports that it opens are added to `ports`. */
export function contextFor(
  harness: ConformanceHarness,
  module: HarnessModule,
  manifest: readonly FacetName[],
  ports: HypervisorPort[],
): CheckContext {
  const context: CheckContext = {
    harness,
    manifest,
    async inOtherProcess(work, killAt) {
      const { moduleUrl, attachHarness } = module
      if (moduleUrl === undefined) throw new Skipped("the harness module has no 'moduleUrl' to be loaded by")
      if (!attachHarness) throw new Skipped("the harness module has no 'attachHarness'")
      if (harness.attachment === undefined) throw new Skipped("the harness has no 'attachment'")
      const task = { harnessUrl: moduleUrl, attachment: harness.attachment, work }
      return inOtherProcess({ ...task, ...(killAt !== undefined && { killAt }) })
    },
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
      return value(await operation.wait({ timeoutMs: patienceMs }), `waiting for '${word}'`)
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
      return found.bind(faults) as NonNullable<typeof found> // bound, of the same type
    },
    need(name) {
      const found = harness[name]
      if (found === undefined) throw new Skipped(`the harness has no '${name}'`)
      // Bound, of the same type.
      return (typeof found === 'function' ? found.bind(harness) : found) as NonNullable<typeof found>
    },
  }
  return context
}
