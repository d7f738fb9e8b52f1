import { gib } from '@dcm/core'
import { startProxmoxSimulatorProcess } from '@dcm/proxmox/simulator'
import { vi } from 'vitest'
import type { Counts, Stage } from './stage.js'

const writing = ['POST', 'PUT', 'DELETE']
/** More than any run sends. */
const manyStarts = 12

/** The Proxmox simulator in a process of its own. */
export async function openProxmoxStage(): Promise<Stage> {
  // Its work is fast, its patience with locks is not: on a loaded machine a task holds one longer than it should.
  const simulator = await startProxmoxSimulatorProcess({ speed: 400, timing: { lockSecondMs: 1_000 } })
  const { url, fingerprint256, credentials } = simulator
  const { tokenId, tokenSecret } = credentials
  const machines = async () => (await simulator.state()).vms.filter(({ template }) => !template)
  return {
    address: { platform: 'proxmox', url, fingerprint256, tokenId, tokenSecret },
    spec: {
      name: 'survivor',
      source: { from: 'template', template: { name: 'debian-13-cloud' } },
      cpus: 3,
      disks: [{ sizeBytes: gib(9) }],
      customization: { userName: 'ada' },
    },
    smallSpec: (name) => ({
      name,
      source: { from: 'blank' },
      cpus: 1,
      memoryBytes: gib(1),
      disks: [{ sizeBytes: gib(1) }],
    }),
    async machines() {
      const { volumes } = await simulator.state()
      return (await machines()).map(({ vmid, name = '', running, boots, config }) => ({
        id: String(vmid),
        name,
        running,
        cpus: Number(config.cores ?? 1) * Number(config.sockets ?? 1),
        boots,
        diskBytes: volumes
          .filter((volume) => volume.vmid === vmid && !volume.volid.includes('cloudinit'))
          .map(({ sizeBytes }) => sizeBytes),
        user: config.ciuser === undefined ? undefined : String(config.ciuser),
      }))
    },
    async strayVolumes() {
      const { vms, volumes } = await simulator.state()
      const taken = new Set(vms.map(({ vmid }) => vmid))
      return volumes.flatMap(({ volid, vmid }) => (vmid === undefined || taken.has(vmid) ? [] : [volid]))
    },
    async counts(): Promise<Counts> {
      const changes = (await simulator.requests()).filter(({ method }) => writing.includes(method))
      const sent = (method: string, path: RegExp) =>
        changes.filter((request) => request.method === method && path.test(request.path)).length
      return {
        creations: sent('POST', /\/clone$/) + sent('POST', /\/qemu$/),
        removals: sent('DELETE', /\/qemu\/\d+$/),
        changes: changes.length,
      }
    },
    async failStarts() {
      for (let start = 0; start < manyStarts; start += 1) {
        await simulator.fault({ type: 'fail-task', taskType: 'qmstart', text: 'no core left' })
      }
    },
    refuseRemoval: () =>
      simulator.transportFault({
        method: 'DELETE',
        pathPattern: '/qemu/\\d+(\\?|$)',
        times: 1,
        action: {
          type: 'reply',
          reply: {
            status: 403,
            reason: 'Permission check failed',
            headers: [['content-type', 'application/json;charset=UTF-8']],
            body: '{"data":null,"message":"Permission check failed\\n"}',
          },
        },
      }),
    async holdAnswer(after) {
      await simulator.transportFault({ method: writing, after, times: 1, action: { type: 'hold' } })
      const isHeld = async () => (await simulator.requests()).some(({ held }) => held === true)
      return async () => void (await vi.waitUntil(isHeld, { timeout: 50_000, interval: 20 }))
    },
    async clear() {
      await simulator.clearFaults()
      await simulator.clearRequests()
    },
    async reset() {
      await simulator.clearFaults()
      for (const { vmid } of await machines()) await simulator.fault({ type: 'remove-vm', vmid })
      await simulator.clearRequests()
    },
    close: () => simulator.close(),
  }
}
