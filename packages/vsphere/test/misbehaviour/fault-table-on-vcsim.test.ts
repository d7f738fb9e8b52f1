import { unwrap } from '@dcm/core'
import { afterAll, beforeAll, describe } from 'vitest'
import { reference } from '../../src/client/index.js'
import { findVcsim } from '../vcsim/start-vcsim.js'
import { type Bench, describeFaultTable } from './describe-fault-table.js'
import { rulesOfVcsim } from './fault-table.js'
import { openPortStage, type PortStage } from './port-on-vcsim.js'

const binary = await findVcsim()

describe.skipIf(binary === undefined)('every kind of fault on vcsim', () => {
  let stage: PortStage
  let bench: Bench

  beforeAll(async () => {
    stage = await openPortStage()
    const { vcsim, vmsNamed } = stage
    const port = await stage.connect()
    const vm = unwrap(await port.listVms()).items.find(({ name }) => name === 'DC0_H0_VM1')
    if (vm === undefined) throw new Error('vcsim has no VM besides its template')
    const native = reference('VirtualMachine', vm.ref.locator ?? '')
    const { name: stoppedName = '' } = vm
    const isRunning = async () => (await vmsNamed(stoppedName))[0]?.powerState === 'poweredOn'
    bench = {
      port,
      stopped: vm.ref,
      template: 'DC0_H0_VM0',
      answerWith: (method, fault, times) => vcsim.addFault({ method, fault, delayMs: 20, ...times }),
      spoil: (method, action) => vcsim.addTransportFault({ method, action, count: 1, delayMs: 60 }),
      clearFaults: () => vcsim.clearFaults(),
      resetCounts: () => vcsim.resetCounts(),
      calls: async (method) => (await vcsim.state()).requests[method] ?? 0,
      logins: async () => (await vcsim.state()).logins,
      sessions: async () => (await vcsim.state()).sessions.length,
      vmsOf: async (name) => (await vmsNamed(name)).filter((one) => one.name === name).length,
      isRunning,
      stop: async () => void (await port.native.run(native, 'PowerOffVM_Task')),
    }
  })
  // Finds no session at the server.
  afterAll(async () => {
    await stage?.clear()
    await stage?.close()
  })

  describeFaultTable(() => bench, { rules: rulesOfVcsim })
})
