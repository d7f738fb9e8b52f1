import { type AnyPlugin, createRegistry, type HypervisorPort, parseMarker, unwrap } from '@dcm/core'
import { createMemoryHypervisor, type MemoryHypervisor, type MemoryPlugin } from '@dcm/core/memory'
import type { Mishap, Stage } from './stage.js'

const timings = { cloneMs: 800, createMs: 600, growMs: 300, startMs: 200, bootMs: 200, haltMs: 300, removeMs: 500 }

/** The in-memory hypervisor in virtual time; `twin` may break its plugin. */
export async function memoryStage(twin: (plugin: MemoryPlugin) => MemoryPlugin = (plugin) => plugin): Promise<Stage> {
  const memory = createMemoryHypervisor({ timings })
  const { control } = memory
  const registry = createRegistry([twin(memory.plugin)])
  const ports: HypervisorPort<MemoryPlugin>[] = []
  return {
    async connect() {
      const port = unwrap(await registry.connect({ type: 'memory', endpoint: 'stage' }))
      ports.push(port)
      return port as unknown as HypervisorPort<AnyPlugin>
    },
    spec: ({ name, cpus, powerOn }) => ({
      name,
      source: { from: 'template', template: { name: 'debian-13' } },
      cpus,
      powerOn,
    }),
    mishap: (what, after) => strike(memory, what, after),
    heal: () => control.clearFaults(),
    pass: (ms) => control.advance(ms),
    machines: () =>
      control.vms().map(({ id, generation, name, cpus, state, metadata }) => {
        const key = parseMarker(metadata['dcm.marker'] ?? '')?.key
        return { id, incarnation: generation, name, cpus, running: state === 'UP', ...(key !== undefined && { key }) }
      }),
    strayVolumes() {
      const owners = new Set(control.vms().map(({ id, generation }) => `${id}/${generation}`))
      const strays = control.volumes().filter(({ owner }) => owner === undefined || !owners.has(owner))
      return strays.filter(({ owner }) => !owner?.startsWith('vm-900')).map(({ id }) => id)
    },
    changes: () => control.count({ mutation: true, carriedOut: true }),
    replace(id) {
      control.replaceVm(id)
      return true
    },
    close: async () => void (await Promise.all(ports.map((port) => port.close()))),
  }
}

function strike({ control }: MemoryHypervisor, what: Mishap, after: number): void {
  switch (what) {
    case 'lose-answer':
      control.loseReply('mutation', { after })
      return
    case 'lose-request':
      control.loseRequest('mutation', { after })
      return
    case 'lose-read':
      control.loseReply('read', { after })
      return
    case 'refuse':
      control.fail('mutation', 'BROKEN', { after })
      return
    case 'fail-task':
      control.failTask('mutation', 'out of luck', { after })
      return
    case 'forget-task':
      control.vanishTask('mutation', { after })
      return
    case 'take-id':
      control.inject('vm.clone', { does: 'steal-id' }, { after })
      return
    case 'expire-session':
      control.expireSessions()
  }
}
