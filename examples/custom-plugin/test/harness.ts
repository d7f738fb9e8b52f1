import { createRegistry, gib, type HypervisorPort, type Json, unwrap } from '@dcm/core'
import {
  type ConformanceHarness,
  type ConnectRequest,
  type FaultSwitches,
  registryOptionsFor,
  type Scenario,
  skipCheck,
} from '@dcm/core/conformance/run'
import { readNotes } from '../src/adapter/map-notes.js'
import { states } from '../src/adapter/map-state.js'
import { pebble } from '../src/index.js'
import { type PebbleSimulator, startPebbleSimulator } from '../src/simulator/index.js'

/** By this address the kit starts the harness in processes that it kills. */
export const moduleUrl: string = import.meta.url

const endpoint = 'pebble-lab'
const tokens = { good: 'pebble-operator-token', wrong: 'pebble-wrong-token', rightless: 'pebble-guest-token' }

// #region create
/** A fresh appliance for each check. The kit knows nothing of Pebbles: all it needs to know stands here. */
export async function createHarness(): Promise<ConformanceHarness> {
  const simulator = await startPebbleSimulator()
  const vmIds = ['web-1', 'web-2', 'db-1'].map((name) => addVm(simulator, name))
  const { appliance, counts } = simulator
  return {
    endpoint,
    scenario: scenarioOf(simulator, vmIds),
    async connect(request = {}) {
      if (request.target === 'empty') appliance.vms.clear()
      return connect(request.target === 'nobody' ? 'http://127.0.0.1:9' : simulator.url, request)
    },
    nativeStates: Object.entries(states).map(([native, { powerState }]) => ({ native, powerState })),
    faults: faultsOf(simulator),
    // Counted at the appliance itself, past the client and the adapter.
    vms: async () =>
      appliance.list().map(({ id, name, notes, state, boots }) => {
        const isMarked = readNotes(notes).stamp !== undefined
        const running = state === 'on' || state === 'booting'
        return { id, name, running, life: `boot ${boots}`, ...(isMarked && { marker: notes.split(' ')[0] ?? '' }) }
      }),
    // Each VM has one disk, which lies in the store as long as the VM is there.
    volumes: async () => appliance.list().map(({ id }) => `flash/${id}`),
    counts: async () => ({ ...counts, logins: counts.refusedTokens }),
    async resetCounts() {
      Object.assign(counts, { requests: 0, writes: 0, refusedTokens: 0, concurrency: 0 })
    },
    attachment: { url: simulator.url },
    close: () => simulator.close(),
  }
}

/** Another process of the same application: it gets only what `attachment` holds. */
export async function attachHarness(attachment: Json): Promise<Pick<ConformanceHarness, 'connect' | 'close'>> {
  const { url } = attachment as { readonly url: string }
  return { connect: (request = {}) => connect(url, request), close: async () => {} }
}

async function connect(url: string, request: ConnectRequest): Promise<HypervisorPort> {
  const { credentials = 'good', trust = 'good' } = request
  if (trust !== 'good') skipCheck('a Pebble speaks plain HTTP: there is no certificate to distrust')
  const token = { secretValue: tokens[credentials] }
  return unwrap(
    await createRegistry([pebble], registryOptionsFor(request)).connect({ type: 'pebble', endpoint, url, token }),
  )
}
// #endregion

function addVm({ appliance }: PebbleSimulator, name: string, id = `vm-${name}`): string {
  const sizes = { cpus: 1, memoryMib: 512, diskMib: 1024 }
  appliance.vms.set(id, { id, name, ...sizes, state: 'off', net: 'net-1', notes: '', autostart: false, boots: 0 })
  return id
}

// #region scenario
function scenarioOf({ appliance }: PebbleSimulator, vmIds: readonly string[]): Scenario {
  return {
    spec: { source: { from: 'template', template: { name: 'debian' } }, memoryBytes: gib(1) },
    networkId: 'net-2',
    name: (word) => `kit-${word}`,
    longestName: 'x'.repeat(40),
    tooLongName: 'x'.repeat(41),
    extension: {
      value: { pebble: { autostart: true } },
      isApplied: async (id) => appliance.get(id).autostart,
    },
    vmIds,
    templateNames: ['debian', 'twins'],
    ambiguousTemplate: 'twins',
    secrets: Object.values(tokens),
    listBudget: 1,
    socketBudget: 8,
  }
}
// #endregion

// #region faults
/** Switches on the appliance. Each is optional: without one, the checks that need it are skipped, and say so. */
function faultsOf(simulator: PebbleSimulator): FaultSwitches {
  const { appliance, faults, timing } = simulator
  return {
    async garbage() {
      faults.reads = 'garbage'
    },
    async stall() {
      faults.reads = 'stall'
    },
    async mutation(n, how) {
      if (how === 'fail-later') faults.task = { left: n, text: 'failed by the kit' }
      else faults.write = { left: n, how }
    },
    async undoFails() {
      faults.stuck = true
    },
    async failTask(text) {
      faults.task = { left: 1, text }
    },
    async forgetTasks() {
      appliance.tasks.clear()
    },
    async nativeState(id, index) {
      appliance.get(id).state = Object.keys(states)[index] ?? ''
    },
    async unknownState(id) {
      appliance.get(id).state = 'levitating'
    },
    async guest(id, how) {
      if (how === 'cannot-be-asked') skipCheck('every Pebble VM has a power button')
      if (how === 'ignores-stop') faults.deaf.add(id)
      else faults.deaf.delete(id)
    },
    async remove(id) {
      appliance.vms.delete(id)
    },
    async exhaust() {
      faults.full = true
    },
    async taskDuration(ms) {
      timing.taskMs = ms
    },
    async slow(ms) {
      faults.delayMs = ms
    },
    async fill(count) {
      for (let n = 0; n < count; n += 1) addVm(simulator, `filler-${n}`)
    },
    async clear() {
      Object.assign(faults, {
        reads: 'right',
        write: undefined,
        task: undefined,
        stuck: false,
        full: false,
        delayMs: 0,
      })
      timing.taskMs = 40
    },
  }
}
// #endregion
