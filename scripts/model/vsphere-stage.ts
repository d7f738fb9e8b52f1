import { type AnyPlugin, createRegistry, findMarker, type HypervisorPort, unwrap } from '@dcm/core'
import { vsphere } from '@dcm/vsphere'
import { callPath, startVsphereSimulator, type VsphereSimulator } from '@dcm/vsphere/simulator'
import type { Mishap, Stage } from './stage.js'

/** The vSphere simulator at a fast pace. */
export async function vsphereStage(): Promise<Stage> {
  const simulator = await startVsphereSimulator({ speed: 2000, seed: { vms: 1 } })
  const registry = createRegistry([vsphere])
  const ports: HypervisorPort<typeof vsphere>[] = []
  const { url, fingerprint256, credentials } = simulator
  const auth = { username: credentials.username, password: { secretValue: credentials.password } }
  // The platform forgets tasks; this stage does not.
  const carriedOut = new Set<string>()
  return {
    async connect() {
      const port = unwrap(await registry.connect({ type: 'vsphere', endpoint: 'stage', url, fingerprint256, auth }))
      ports.push(port)
      return port as unknown as HypervisorPort<AnyPlugin>
    },
    spec: ({ name, cpus, powerOn }) => ({
      name,
      source: { from: 'template', template: { name: 'debian-13-cloud' } },
      cpus,
      powerOn,
    }),
    mishap: (what, after) => strike(simulator, what, after),
    heal: () => simulator.faults.clear(),
    async pass(ms) {
      simulator.clock.advance(ms)
      if (ms > 0) await new Promise((resolve) => setTimeout(resolve, Math.min(ms, 20)))
    },
    machines: () =>
      simulator
        .vms()
        .filter(({ template }) => !template)
        .map(({ ref, name, instanceUuid, cpus, powerState, extraConfig }) => {
          const key = findMarker(extraConfig['dcm.marker'] ?? '')?.key
          const running = powerState === 'poweredOn'
          return { id: instanceUuid, incarnation: ref, name, cpus, running, ...(key !== undefined && { key }) }
        }),
    // Disks lie in the directory of their VM, and go with it.
    strayVolumes: () => [],
    changes() {
      for (const { ref, state } of simulator.tasks()) if (state !== 'error') carriedOut.add(ref)
      return carriedOut.size
    },
    replace(id) {
      const machine = simulator.vms().find(({ instanceUuid }) => instanceUuid === id)
      if (machine) simulator.faults.removeVm(machine.ref)
      return machine !== undefined
    },
    async close() {
      await Promise.all(ports.map((port) => port.close()))
      await simulator.close()
    },
  }
}

const changing = ['CloneVM_Task', 'ReconfigVM_Task', 'PowerOnVM_Task', 'PowerOffVM_Task', 'Destroy_Task'] as const
const anyChange = new RegExp(`^(?:${changing.map(callPath).join('|')})$`)
const anyRead = new RegExp(`^${callPath('RetrievePropertiesEx')}$`)

function strike({ faults, tasks }: VsphereSimulator, what: Mishap, after: number): void {
  switch (what) {
    case 'lose-answer':
      faults.add({ match: { path: anyChange, after, times: 1 }, action: { type: 'drop-after' } })
      return
    case 'lose-request':
      faults.add({ match: { path: anyChange, after, times: 1 }, action: { type: 'drop-before' } })
      return
    case 'lose-read':
      faults.add({ match: { path: anyRead, after, times: 1 }, action: { type: 'drop-after' } })
      return
    case 'refuse':
      faults.failCall({ method: changing[after % changing.length] ?? 'Destroy_Task', fault: 'SystemError' })
      return
    case 'fail-task':
      faults.failNextTask({ method: changing[after % changing.length] ?? 'Destroy_Task', fault: 'SystemError' })
      return
    case 'forget-task':
      for (const { ref } of tasks()) faults.vanishTask(ref)
      return
    case 'take-id':
      // An id cannot be taken here; a name can. Where a clone is under way it comes too late: that would end with nothing
      // done, and the count of changes has taken it for one that will be.
      if (tasks().every(({ state }) => state === 'success' || state === 'error')) faults.addVm(`vm-of-key-${after % 2}`)
      return
    case 'expire-session':
      faults.expireSessions()
  }
}
