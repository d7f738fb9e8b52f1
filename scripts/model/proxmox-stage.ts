import { type AnyPlugin, createRegistry, findMarker, type HypervisorPort, unwrap } from '@dcm/core'
import { proxmox } from '@dcm/proxmox'
import { type ProxmoxSimulator, startProxmoxSimulator } from '@dcm/proxmox/simulator'
import type { Mishap, Stage } from './stage.js'

/** The Proxmox simulator at a fast pace, though patient with locks; `twin` may break the plugin. */
export async function proxmoxStage(
  twin: (plugin: typeof proxmox) => typeof proxmox = (plugin) => plugin,
): Promise<Stage> {
  const simulator = await startProxmoxSimulator({ speed: 2000, timing: { lockSecondMs: 100 } })
  const time = moveableTime()
  const registry = createRegistry([twin(proxmox)])
  const ports: HypervisorPort<typeof proxmox>[] = []
  const { url, fingerprint256, credentials } = simulator
  const auth = { tokenId: credentials.tokenId, secret: { secretValue: credentials.tokenSecret } }
  return {
    async connect() {
      const port = unwrap(await registry.connect({ type: 'proxmox', endpoint: 'stage', url, fingerprint256, auth }))
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
      time.advance(ms)
      if (ms > 0) await new Promise((resolve) => setTimeout(resolve, Math.min(ms, 5)))
    },
    machines: () =>
      simulator
        .vms()
        .filter(({ template }) => !template)
        .map(({ vmid, name = '', running, config }) => {
          const key = findMarker(decodeURIComponent(String(config.description ?? '')))?.key
          const incarnation = /uuid=([0-9a-f-]+)/.exec(String(config.smbios1 ?? ''))?.[1] ?? ''
          const cpus = Number(config.cores ?? 1) * Number(config.sockets ?? 1)
          return { id: String(vmid), incarnation, name, cpus, running, ...(key !== undefined && { key }) }
        }),
    strayVolumes() {
      const taken = new Set(simulator.vms().map(({ vmid }) => vmid))
      const strays = simulator.volumes().filter(({ vmid }) => vmid !== undefined && !taken.has(vmid))
      return strays.map(({ volid }) => volid)
    },
    // Every worker of the platform is a change that began.
    changes: () => simulator.tasks().filter(({ exitstatus }) => exitstatus === undefined || exitstatus === 'OK').length,
    async replace(id) {
      // A removal that was accepted needs a moment until its worker holds the id: nothing guards that moment.
      await new Promise((resolve) => setTimeout(resolve, 5))
      try {
        simulator.faults.apply({ type: 'replace-vm', vmid: Number(id), name: 'replacement' })
        return true
      } catch {
        return false
      }
    },
    async close() {
      await Promise.all(ports.map((port) => port.close()))
      await simulator.close()
      time.restore()
    },
  }
}

/** Waits of the adapter are counted in our own time, since the platform tells none: it moves along. */
function moveableTime(): { readonly advance: (ms: number) => void; readonly restore: () => void } {
  const real = Date.now
  let ahead = 0
  Date.now = () => real() + ahead
  return {
    advance(ms) {
      ahead += ms
    },
    restore() {
      Date.now = real
    },
  }
}

const writing = ['POST', 'PUT', 'DELETE']

function strike({ faults }: ProxmoxSimulator, what: Mishap, after: number): void {
  switch (what) {
    case 'lose-answer':
      faults.add({ match: { method: writing, after, times: 1 }, action: { type: 'drop-after' } })
      return
    case 'lose-request':
      faults.add({ match: { method: writing, after, times: 1 }, action: { type: 'drop-before' } })
      return
    case 'lose-read':
      faults.add({ match: { method: 'GET', after, times: 1 }, action: { type: 'drop-after' } })
      return
    case 'refuse':
      faults.add({
        match: { method: writing, after, times: 1 },
        action: {
          type: 'reply',
          reply: {
            status: 500,
            reason: 'out of luck',
            headers: [['content-type', 'application/json;charset=UTF-8']],
            body: '{"data":null,"message":"out of luck\\n"}',
          },
        },
      })
      return
    case 'fail-task':
      faults.apply({ type: 'fail-task', text: 'out of luck', after })
      return
    case 'forget-task':
      faults.apply({ type: 'vanish-task' })
      return
    case 'take-id':
      faults.apply({ type: 'take-next-id' })
      return
    case 'expire-session':
      faults.expireTickets()
  }
}
