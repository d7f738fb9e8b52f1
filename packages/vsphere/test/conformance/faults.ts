import type { FaultSwitches } from '@dcm/core/conformance/run'
import type { VsphereSimulatorProcess } from '@dcm/vsphere/simulator'
import { nativeStates } from './native-states.js'
import { mutationPattern } from './traffic.js'

/** What a clone of a template takes at the harness's pace, roughly. */
const cloneMs = 40

const reads = '#(?:CreateContainerView|RetrieveProperties\\w*|ContinueRetrievePropertiesEx|FindAllByUuid|FindChild)$'

const fault = (type: string, text: string): string =>
  '<?xml version="1.0" encoding="UTF-8"?>' +
  '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" ' +
  'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body><soapenv:Fault>' +
  `<faultcode>ServerFaultCode</faultcode><faultstring>${text}</faultstring>` +
  `<detail><${type}Fault xmlns="urn:vim25" xsi:type="${type}"/></detail>` +
  '</soapenv:Fault></soapenv:Body></soapenv:Envelope>'

const refusal = {
  type: 'reply',
  reply: {
    status: 500,
    headers: [['Content-Type', 'text/xml; charset=utf-8']],
    body: fault('RuntimeFault', 'refused by the kit'),
  },
} as const

/** The kit's switches, by the simulator's own. */
export function vsphereFaults(simulator: VsphereSimulatorProcess): FaultSwitches {
  const { faults } = simulator
  /** The simulator's own name of a VM. */
  const refOf = async (id: string): Promise<string> => {
    const { vms } = await simulator.state()
    return vms.find(({ instanceUuid }) => instanceUuid === id)?.ref ?? id
  }
  const failNextTask = (text: string, after = 0): Promise<void> =>
    faults.failNextTask({ fault: 'GenericVmConfigFault', detail: { reason: text }, message: text, after })
  const exhaust = async (exhausted: boolean): Promise<void> => {
    for (const name of ['datastore1', 'datastore2']) await faults.exhaustDatastore(name, exhausted)
  }
  return {
    expireSessions: async () => void (await faults.expireSessions()),
    garbage: () =>
      simulator.transportFault({
        pathPattern: reads,
        action: { type: 'reply', reply: { status: 200, body: '<html>a proxy speaking</html>' } },
      }),
    stall: () => simulator.transportFault({ pathPattern: reads, action: { type: 'slow-body', bytesPerSecond: 1 } }),
    async mutation(n, how) {
      const after = n - 1
      if (how === 'fail-later') await failNextTask('failed by the kit', after)
      else {
        const action = how === 'refuse' ? refusal : ({ type: 'drop-after' } as const)
        await simulator.transportFault({ pathPattern: mutationPattern, after, times: 1, action })
      }
    },
    undoFails: () => simulator.transportFault({ pathPattern: '#Destroy_Task$', action: refusal }),
    forgetTasks: () => faults.forgetTasks(),
    failTask: failNextTask,
    async lock(id) {
      await faults.setStateWords(await refOf(id), { question: true })
      return 'question'
    },
    async nativeState(id, index) {
      const row = nativeStates[index]
      if (!row) throw new RangeError(`there is no native state ${index}`)
      await faults.setStateWords(await refOf(id), row.words)
    },
    async unknownState(id) {
      await faults.setPower(await refOf(id), 'suspended')
      await faults.tellOtherwise('suspended', 'quantum')
    },
    async guest(id, how) {
      const ref = await refOf(id)
      await faults.withoutTools(ref, how === 'cannot-be-asked')
      await faults.shutdownIgnored(ref, how === 'ignores-stop')
    },
    async guestInterfaces(id, interfaces) {
      // The platform has no device for what a guest made for itself.
      const told = interfaces.map(({ name, addresses }) => {
        return { network: name, ofDevice: !/^(?:docker|br-|cni)/.test(name), addresses }
      })
      await faults.guestInterfaces(await refOf(id), told)
    },
    silenceGuests: () => faults.silenceGuests(),
    // A suspended VM is the only one here that neither runs nor is off.
    pause: async (id) => faults.setPower(await refOf(id), 'suspended'),
    suspend: async (id) => faults.setPower(await refOf(id), 'suspended'),
    move: async (id) => void (await faults.moveVm(await refOf(id))),
    remove: async (id) => faults.removeVm(await refOf(id)),
    exhaust: () => exhaust(true),
    skewClock: (ms) => faults.skewClock(ms),
    taskDuration: (ms) => faults.taskPace(ms / cloneMs),
    slow: (ms) => faults.slowAnswers(ms),
    fill: (count) => faults.addVms(count),
    async clear() {
      await simulator.clearFaults()
      await exhaust(false)
    },
  }
}
