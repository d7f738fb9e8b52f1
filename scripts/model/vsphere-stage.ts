import { type AnyPlugin, createRegistry, findMarker, type HypervisorPort, unwrap } from '@dcm/core'
import { vsphere } from '@dcm/vsphere'
import { callPath, startVsphereSimulator, type VsphereSimulator } from '@dcm/vsphere/simulator'
import type { FaultAction } from '@dcm/wire/loopback'
import type { Mishap, Stage } from './stage.js'

/** What VMs are made from: its name, the call that makes one, and the task behind that. */
interface Source {
  readonly template: string
  readonly call: string
  readonly task: string
}

const sources: Readonly<Record<'template' | 'item', Source>> = {
  template: { template: 'debian-13-cloud', call: `^${callPath('CloneVM_Task')}$`, task: 'CloneVM_Task' },
  item: { template: 'debian-12-ovf', call: '/ovf/library-item/[^/]+[?]action=deploy', task: 'ImportVAppLRO' },
}

/** The vSphere simulator at a fast pace. VMs are made from a template, or from an OVF item of a content library. */
export async function vsphereStage(from: 'template' | 'item'): Promise<Stage> {
  const source = sources[from]
  const simulator = await startVsphereSimulator({ speed: 2000, seed: { vms: 1, datastores: 1 } })
  const registry = createRegistry([vsphere])
  const ports: HypervisorPort<typeof vsphere>[] = []
  const { url, fingerprint256, credentials } = simulator
  const auth = { username: credentials.username, password: { secretValue: credentials.password } }
  // The platform forgets tasks; this stage does not.
  const carriedOut = new Set<string>()
  const strangers = new Set(simulator.vms().map(({ ref }) => ref))
  return {
    async connect() {
      const port = unwrap(await registry.connect({ type: 'vsphere', endpoint: 'stage', url, fingerprint256, auth }))
      ports.push(port)
      return port as unknown as HypervisorPort<AnyPlugin>
    },
    spec: ({ name, cpus, powerOn }) => ({
      name,
      source: { from: 'template', template: { name: source.template } },
      cpus,
      powerOn,
    }),
    mishap: (what, after) => strike({ simulator, source, strangers }, what, after),
    heal: () => simulator.faults.clear(),
    // A deployment is one call, which this process awaits beside everything else.
    worksOnItsOwn: from === 'item',
    async pass(ms) {
      simulator.clock.advance(ms)
      if (ms > 0) await new Promise((resolve) => setTimeout(resolve, Math.min(ms, 20)))
    },
    machines: () =>
      simulator
        .vms()
        .filter(({ template }) => !template)
        .map(({ ref, name, instanceUuid, cpus, powerState, extraConfig, annotation }) => {
          const key = findMarker(extraConfig['dcm.marker'] ?? annotation)?.key
          // One without our marker that no stranger made is ours as well, and lost.
          const owner = key === undefined && strangers.has(ref) ? {} : { key: key ?? `nobody's ${ref}` }
          return { id: instanceUuid, incarnation: ref, name, cpus, running: powerState === 'poweredOn', ...owner }
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

const changing = ['ReconfigVM_Task', 'PowerOnVM_Task', 'PowerOffVM_Task', 'Destroy_Task'] as const
const anyRead = new RegExp(`^${callPath('RetrievePropertiesEx')}$`)

/** What the REST services say of a call that they do not carry out. */
const refusal: FaultAction = {
  type: 'reply',
  reply: {
    status: 400,
    headers: [['Content-Type', 'application/json']],
    body: '{"error_type":"UNSUPPORTED","messages":[]}',
  },
}

interface Striking {
  readonly simulator: VsphereSimulator
  readonly source: Source
  /** Gets the VMs that others make. */
  readonly strangers: Set<string>
}

function strike({ simulator, source, strangers }: Striking, what: Mishap, after: number): void {
  const { faults, tasks } = simulator
  const { call, task } = source
  const anyChange = new RegExp(`${call}|^(?:${changing.map(callPath).join('|')})$`)
  const one = [task, ...changing][after % (changing.length + 1)] ?? task
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
      if (one === 'ImportVAppLRO') faults.add({ match: { path: new RegExp(call), times: 1 }, action: refusal })
      else faults.failCall({ method: one, fault: 'SystemError' })
      return
    case 'fail-task':
      faults.failNextTask({ method: one, fault: 'SystemError' })
      return
    case 'forget-task':
      for (const { ref } of tasks()) faults.vanishTask(ref)
      return
    case 'take-id':
      // An id cannot be taken here; a name can. Where a clone is under way it comes too late: that would end with nothing
      // done, and the count of changes has taken it for one that will be.
      if (tasks().every(({ state }) => state === 'success' || state === 'error'))
        strangers.add(faults.addVm(`vm-of-key-${after % 2}`))
      return
    case 'expire-session':
      faults.expireSessions()
  }
}
