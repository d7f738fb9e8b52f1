import { gib, type OperationHandle, unwrap, type VmRef } from '@dcm/core'
import { expect } from 'vitest'
import { connect } from './connect.js'
import type { Counts, Machine, Stage } from './stage.js'
import type { ChildResult, Work } from './task.js'

/** What the platform shows when an operation has been killed, resumed and come to its end. */
export interface Outcome {
  readonly result: ChildResult
  readonly machines: readonly Machine[]
  readonly counts: Counts
}

/** An operation, and how it must end whenever and however often its process is killed. */
export interface Scenario {
  readonly name: string
  /** Prepares the platform; what the first process does. */
  prepare(stage: Stage): Promise<Work>
  /** What must not be repeated blindly was sent once, not merely refused the second time. */
  check(outcome: Outcome): void
}

const creation = (stage: Stage): Work => ({ do: 'create', spec: stage.spec, key: 'only-one' })

export const scenarios: readonly Scenario[] = [
  {
    name: 'create',
    prepare: async (stage) => creation(stage),
    check({ result, machines, counts }) {
      expect(result.ok).toBe(true)
      const survivor = { name: 'survivor', running: true, cpus: 3, boots: 1, diskBytes: [gib(9)], user: 'ada' }
      expect(machines).toEqual([{ id: result.id, ...survivor }])
      expect(counts).toMatchObject({ creations: 1, removals: 0 })
    },
  },
  {
    name: 'create without a template',
    prepare: async (stage) => ({ do: 'create', spec: stage.smallSpec('blank'), key: 'only-one' }),
    check({ result, machines, counts }) {
      expect(result.ok).toBe(true)
      expect(machines).toMatchObject([
        { id: result.id, name: 'blank', running: true, cpus: 1, boots: 1, diskBytes: [gib(1)] },
      ])
      expect(counts).toMatchObject({ creations: 1, removals: 0 })
    },
  },
  {
    name: 'create that fails and is undone',
    async prepare(stage) {
      await stage.failStarts()
      return creation(stage)
    },
    check({ result, machines, counts }) {
      expect(result).toMatchObject({ ok: false, code: 'INTERNAL' })
      expect(machines).toEqual([])
      expect(counts).toMatchObject({ creations: 1, removals: 1 })
    },
  },
  {
    name: 'delete',
    prepare: async (stage) => ({ do: 'delete', ref: await doomed(stage), options: { force: true } }),
    check({ result, machines, counts }) {
      expect(result.ok).toBe(true)
      // Only the bystander, who has nothing to do with it.
      expect(machines).toMatchObject([{ name: 'bystander', running: true, boots: 1 }])
      expect(counts).toMatchObject({ creations: 0, removals: 1 })
    },
  },
  {
    name: 'clean-up of a partial creation',
    prepare: async (stage) => ({ do: 'resume', handle: await partial(stage) }),
    check({ result, machines, counts }) {
      expect(result.ok).toBe(true)
      expect(machines).toEqual([])
      expect(counts).toMatchObject({ creations: 0, removals: 1 })
    },
  },
]

async function doomed(stage: Stage): Promise<VmRef> {
  await using port = await connect(stage.address)
  const make = async (name: string) => unwrap(await unwrap(await port.createVm(stage.smallSpec(name))).wait())
  await make('bystander')
  const { ref } = await make('doomed')
  await stage.clear()
  return ref
}

async function partial(stage: Stage): Promise<OperationHandle> {
  await stage.failStarts()
  await stage.refuseRemoval()
  await using port = await connect(stage.address)
  const failed = await unwrap(await port.createVm(stage.spec)).wait()
  if (failed.ok || failed.error.code !== 'PARTIAL') throw new Error('it was to be partial', { cause: failed })
  await stage.clear()
  return JSON.parse(JSON.stringify(failed.error.details.cleanUp)) as OperationHandle
}
