import type { FaultSwitches } from '@dcm/core/conformance/run'
import type { ProxmoxSimulatorProcess } from '@dcm/proxmox/simulator'
import { nativeStates } from './native-states.js'

/** Divides the platform's times. */
export const speed = 200
/** What a clone of the seeded template takes at the platform's own pace, roughly. */
const cloneMs = 2_000
/** Everything that changes a guest; logins are elsewhere. */
const mutations = { method: ['POST', 'PUT', 'DELETE'], pathPattern: '^/api2/json/nodes/' } as const

const refusal = {
  type: 'reply',
  reply: {
    status: 500,
    reason: 'refused by the kit',
    headers: [['content-type', 'application/json;charset=UTF-8']],
    body: '{"data":null,"message":"refused by the kit\\n"}',
  },
} as const

/** The kit's switches, by the simulator's own. */
export function proxmoxFaults(simulator: ProxmoxSimulatorProcess): FaultSwitches {
  let skewMs = 0
  const setState = async (id: string, state: { running: boolean; qmpStatus?: string; lock?: string }) => {
    const vmid = Number(id)
    await simulator.fault({ type: 'set-running', vmid, running: state.running })
    await simulator.fault({ type: 'set-lock', vmid, lock: state.lock ?? null })
    if (state.qmpStatus !== undefined) {
      await simulator.fault({ type: 'set-qmp-status', vmid, status: state.qmpStatus })
    }
  }
  const exhaust = async (exhausted: boolean): Promise<void> => {
    for (const storage of ['local-lvm', 'shared']) {
      await simulator.fault({ type: 'exhaust-storage', storage, exhausted })
    }
  }
  return {
    expireSessions: () => simulator.fault({ type: 'expire-tickets' }),
    garbage: () =>
      simulator.transportFault({
        method: 'GET',
        action: { type: 'reply', reply: { status: 200, body: '<html>a proxy speaking</html>' } },
      }),
    stall: () => simulator.transportFault({ method: 'GET', action: { type: 'slow-body', bytesPerSecond: 1 } }),
    async mutation(n, how) {
      const after = n - 1
      if (how === 'fail-later') await simulator.fault({ type: 'fail-task', text: 'failed by the kit', after })
      else {
        const action = how === 'refuse' ? refusal : ({ type: 'drop-after' } as const)
        await simulator.transportFault({ ...mutations, after, times: 1, action })
      }
    },
    undoFails: () => simulator.transportFault({ ...mutations, method: 'DELETE', action: refusal }),
    async deadHost() {
      await simulator.fault({ type: 'node-offline', node: 'pve2' })
      return 'pve2'
    },
    forgetTasks: () => simulator.fault({ type: 'forget-tasks' }),
    warnTask: (text) => simulator.fault({ type: 'warn-task', text }),
    failTask: (text) => simulator.fault({ type: 'fail-task', text }),
    async lock(id) {
      await simulator.fault({ type: 'set-lock', vmid: Number(id), lock: 'backup' })
      return 'backup'
    },
    async nativeState(id, index) {
      const row = nativeStates[index]
      if (!row) throw new RangeError(`there is no native state ${index}`)
      await setState(id, row)
    },
    unknownState: (id) => setState(id, { running: true, qmpStatus: 'quantum' }),
    async guest(id, how) {
      const vmid = Number(id)
      // Without an agent the power button is the only road; without ACPI there is none.
      await simulator.fault({ type: 'set-config', vmid, key: 'agent', value: null })
      await simulator.fault({ type: 'set-config', vmid, key: 'acpi', value: how === 'cannot-be-asked' ? 0 : null })
      await simulator.fault({ type: 'ignore-shutdown', vmid, ignored: how === 'ignores-stop' })
    },
    pause: (id) => simulator.fault({ type: 'set-qmp-status', vmid: Number(id), status: 'paused' }),
    suspend: (id) => setState(id, { running: false, lock: 'suspended' }),
    async move(id) {
      const { vms } = await simulator.state()
      const from = vms.find(({ vmid }) => vmid === Number(id))?.node
      const node = simulator.nodes.find((name) => name !== from) ?? ''
      await simulator.fault({ type: 'move-vm', vmid: Number(id), node })
    },
    remove: (id) => simulator.fault({ type: 'remove-vm', vmid: Number(id) }),
    replace: (id) => simulator.fault({ type: 'replace-vm', vmid: Number(id) }),
    takeNextId: () => simulator.fault({ type: 'take-next-id' }),
    exhaust: () => exhaust(true),
    async skewClock(ms) {
      await simulator.fault({ type: 'advance-clock', ms: ms - skewMs })
      skewMs = ms
    },
    taskDuration: (ms) => simulator.fault({ type: 'task-pace', factor: ms / cloneMs }),
    slow: (ms) => simulator.fault({ type: 'slow-answers', ms }),
    fill: (count) => simulator.fault({ type: 'add-guests', count }),
    async clear() {
      await simulator.clearFaults()
      await simulator.fault({ type: 'node-online', node: 'pve2' })
      await simulator.fault({ type: 'task-pace', factor: 1 / speed })
      await exhaust(false)
    },
  }
}
