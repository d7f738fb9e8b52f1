import { unwrap } from '@dcm/core'
import type { FaultAction } from '@dcm/wire/loopback'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { callPath, startVsphereSimulator, type VsphereSimulator } from '../../src/simulator/index.js'
import { connectPort } from '../adapter/connect-port.js'
import { type Bench, describeFaultTable } from './describe-fault-table.js'
import type { TransportFault } from './fault-table.js'
import type { VspherePort } from './port-on-vcsim.js'

const actions: Readonly<Record<TransportFault, FaultAction>> = {
  drop: { type: 'drop-before' },
  status: { type: 'reply', reply: { status: 503, body: '<html><h1>Service Unavailable</h1></html>' } },
  'lose-answer': { type: 'drop-after' },
  garbage: { type: 'other-body', body: '<?xml version="1.0"?><soapenv:Envelope <<& not XML' },
  truncate: { type: 'truncate', bytes: 200 },
  slow: { type: 'slow-body', bytesPerSecond: 20_000 },
  delay: { type: 'delay', ms: 60 },
}

const vm = { type: 'VirtualMachine', value: 'vm-999' }
/** What these faults cannot be without. */
const details: Readonly<Record<string, object>> = {
  ManagedObjectNotFound: { obj: vm },
  MethodNotFound: { receiver: vm, method: 'any' },
  SystemError: { reason: 'any' },
  QuestionPending: { text: 'any' },
  TaskInProgress: { task: { type: 'Task', value: 'task-999' } },
  FileLocked: { file: 'any' },
  TooManyConcurrentNativeClones: { file: 'any' },
  DuplicateName: { name: 'any', object: vm },
}

describe('every kind of fault on the simulator', () => {
  let simulator: VsphereSimulator
  let port: VspherePort
  let bench: Bench

  beforeAll(async () => {
    simulator = await startVsphereSimulator({ speed: 500, seed: { vms: 2, running: false } })
    port = await connectPort({ ...simulator, ...simulator.credentials })
    const [vm] = unwrap(await port.listVms()).items
    if (vm === undefined) throw new Error('the simulator has no VM')
    const native = vm.ref.locator ?? ''
    let loginsBefore = 0
    bench = {
      port,
      stopped: vm.ref,
      template: 'debian-13-cloud',
      answerWith: async (method, fault, { count, skip = 0 }) =>
        // A fault of the table, each of which is a type of the API.
        simulator.faults.failCall({
          method,
          fault: fault as 'MethodFault',
          detail: { ...details[fault] },
          times: count,
          after: skip,
        }),
      spoil: async (method, how) =>
        void simulator.faults.add({ match: { path: callPath(method), times: 1 }, action: actions[how] }),
      clearFaults: async () => simulator.faults.clear(),
      async resetCounts() {
        loginsBefore = simulator.logins()
        simulator.requests.clear()
      },
      calls: async (method) => simulator.calls(method),
      logins: async () => simulator.logins() - loginsBefore,
      sessions: async () => simulator.sessions().length,
      vmsOf: async (name) => simulator.vms().filter((one) => one.name === name).length,
      isRunning: async () => simulator.vms().find(({ ref }) => ref === native)?.powerState === 'poweredOn',
      boots: async () => simulator.vms().find(({ ref }) => ref === native)?.boots ?? 0,
      stop: async () => simulator.faults.setPower(native, 'poweredOff'),
    }
  })
  afterAll(async () => {
    await port?.close()
    if (simulator !== undefined) expect(simulator.sessions()).toEqual([])
    await simulator?.close()
  })

  // A clone that may still be in the queue is waited for, five seconds: vcsim shows that.
  describeFaultTable(() => bench, { leaveOut: ['clone drop'] })
})
