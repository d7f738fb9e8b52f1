import { gib } from '@dcm/core'
import { createMemoryHypervisor, type ServedMemory, serveMemory } from '@dcm/core/memory'
import type { Stage } from './stage.js'

const timings = { cloneMs: 20, createMs: 20, growMs: 6, startMs: 5, bootMs: 5, haltMs: 5, removeMs: 12, pollMs: 3 }

/** The in-memory hypervisor, served by the process of the test. */
export async function openMemoryStage(): Promise<Stage> {
  let memory = createMemoryHypervisor({ clock: 'real', timings })
  let served: ServedMemory = await serveMemory(memory.platform)
  return {
    get address() {
      return { platform: 'memory', url: served.url, token: served.token } as const
    },
    spec: {
      name: 'survivor',
      source: { from: 'template', template: { name: 'debian-13' } },
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
      return memory.control.vms().map(({ id, name, state, cpus, boots, disks, guest }) => ({
        id,
        name,
        running: state === 'UP',
        cpus,
        boots,
        diskBytes: disks.map(({ sizeBytes }) => sizeBytes),
        user: guest.userName,
      }))
    },
    async strayVolumes() {
      const owners = new Set(memory.control.vms().map(({ id, generation }) => `${id}/${generation}`))
      const strays = memory.control.volumes().filter(({ owner }) => owner === undefined || !owners.has(owner))
      return strays.filter(({ owner }) => !owner?.startsWith('vm-900')).map(({ id }) => id)
    },
    async counts() {
      const { control } = memory
      return {
        creations: control.count({ call: 'vm.clone' }) + control.count({ call: 'vm.create' }),
        removals: control.count({ call: 'vm.remove' }),
        changes: control.count({ mutation: true }),
      }
    },
    failStarts: async () => memory.control.failTask('vm.start', 'no core left', { times: 100 }),
    refuseRemoval: async () => memory.control.fail('vm.remove', 'NOT_PERMITTED'),
    async holdAnswer(after) {
      memory.control.holdReply('mutation', { after })
      const held = new Promise<void>((resolve) => {
        memory.platform.onHeld = () => resolve()
      })
      return () => held
    },
    async clear() {
      memory.control.clearFaults()
      memory.control.clearLog()
    },
    async reset() {
      await served.close()
      memory = createMemoryHypervisor({ clock: 'real', timings })
      served = await serveMemory(memory.platform)
    },
    close: () => served.close(),
  }
}
