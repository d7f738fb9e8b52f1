import { createRegistry, gib, type OperationHandle, unwrap, type VmProvisionSpec, type VmRef } from '@dcm/core'
import { createMemoryHypervisor, type MemoryHypervisor, type ServedMemory, serveMemory } from '@dcm/core/memory'
import { expect } from 'vitest'
import type { ChildResult, ChildTask } from './task.js'

/** A platform of its own for one kill, served to the processes that die and resume. */
export interface Stage extends MemoryHypervisor {
  readonly served: ServedMemory
}

/** An operation, and what the platform must show when it has been killed and resumed. */
export interface Scenario {
  readonly name: string
  /** Prepares the platform; what the first process does. */
  prepare(stage: Stage): Promise<ChildTask['work']>
  /** Counted at the platform. What must not be repeated blindly was sent once, not merely refused the second time. */
  check(stage: Stage, result: ChildResult): void
}

const timings = { cloneMs: 20, createMs: 20, growMs: 6, startMs: 5, bootMs: 5, haltMs: 5, removeMs: 12, pollMs: 3 }

export async function openStage(): Promise<Stage> {
  const memory = createMemoryHypervisor({ clock: 'real', timings })
  return { ...memory, served: await serveMemory(memory.platform) }
}

const spec: VmProvisionSpec = {
  name: 'survivor',
  source: { from: 'template', template: { name: 'debian-13' } },
  cpus: 3,
  disks: [{ sizeBytes: gib(9) }],
  customization: { userName: 'ada' },
}
const creation = { do: 'create', spec, key: 'only-one' } as const

export const scenarios: readonly Scenario[] = [
  {
    name: 'create',
    prepare: async () => creation,
    check({ control }, result) {
      expect(result.ok).toBe(true)
      const vms = control.vms()
      expect(vms).toMatchObject([
        { id: result.id, name: 'survivor', state: 'UP', cpus: 3, boots: 1, disks: [{ sizeBytes: gib(9) }] },
      ])
      expect(vms[0]?.guest.userName).toBe('ada')
      expect(control.count({ call: 'vm.clone' })).toBe(1)
      expect(control.count({ call: 'vm.remove' })).toBe(0)
    },
  },
  {
    name: 'create that fails and is undone',
    async prepare({ control }) {
      control.failTask('vm.start', 'no core left', { times: 100 })
      return creation
    },
    check({ control }, result) {
      expect(result).toMatchObject({ ok: false, code: 'INTERNAL' })
      expect(control.vms()).toEqual([])
      expect(control.volumes().filter(({ owner }) => !owner?.startsWith('vm-90'))).toEqual([])
      expect(control.count({ call: 'vm.clone' })).toBe(1)
      expect(control.count({ call: 'vm.remove' })).toBe(1)
    },
  },
  {
    name: 'delete',
    prepare: async (stage) => ({ do: 'delete', ref: await runningVm(stage), options: { force: true } }),
    check({ control }, result) {
      expect(result.ok).toBe(true)
      // Only the bystander, who has nothing to do with it.
      expect(control.vms()).toMatchObject([{ name: 'bystander' }])
      expect(control.count({ call: 'vm.remove' })).toBe(1)
      expect(control.count({ call: 'vm.halt', carriedOut: true })).toBe(1)
    },
  },
  {
    name: 'clean-up of a partial creation',
    prepare: async (stage) => ({ do: 'resume', handle: await partial(stage) }),
    check({ control }, result) {
      expect(result.ok).toBe(true)
      expect(control.vms()).toEqual([])
      expect(control.count({ call: 'vm.remove' })).toBe(1)
    },
  },
]

async function connect({ plugin }: Stage) {
  return unwrap(await createRegistry([plugin]).connect({ type: 'memory', endpoint: 'lab' }))
}

async function runningVm(stage: Stage): Promise<VmRef> {
  stage.control.addVm({ name: 'bystander' })
  const { id, generation } = stage.control.addVm({ name: 'doomed', state: 'UP', diskBytes: [gib(1)] })
  return { endpoint: 'lab', id, incarnation: generation }
}

async function partial(stage: Stage): Promise<OperationHandle> {
  const { control } = stage
  control.failTask('vm.start', 'no core left')
  control.fail('vm.remove', 'NOT_PERMITTED')
  await using port = await connect(stage)
  const failed = await unwrap(await port.createVm(spec)).wait()
  if (failed.ok || failed.error.code !== 'PARTIAL') throw new Error('not partial')
  control.clearLog()
  return JSON.parse(JSON.stringify(failed.error.details.cleanUp)) as OperationHandle
}
