import { afterEach, expect, it } from 'vitest'
import type { OperationHandle } from '../operations/handle.js'
import { createRegistry } from '../registry/create-registry.js'
import { unwrap } from '../result.js'
import { createMemoryPlatform } from './platform/platform.js'
import { remoteMemory } from './plugin.js'
import { serveMemory } from './serve.js'

/** As many as run at once of one template. */
const laneWidth = 4
/** Of one port. */
const poolSize = 16

const cleanUps: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})

/** A served platform whose clones outlast every test, and a port to it. */
async function stage() {
  const platform = createMemoryPlatform({ clock: 'real', timings: { cloneMs: 3_600_000, pollMs: 60_000 } })
  const served = await serveMemory(platform)
  const config = { type: 'memory', endpoint: 'lab', url: served.url, token: { secretValue: served.token } } as const
  const port = unwrap(await createRegistry([remoteMemory]).connect(config))
  const close = async () => {
    await port.close()
    await served.close()
  }
  cleanUps.push(close)
  return { platform, port, close }
}

type Stage = Awaited<ReturnType<typeof stage>>

async function creations({ port }: Pick<Stage, 'port'>, count: number): Promise<readonly OperationHandle[]> {
  const source = { from: 'template', template: { name: 'debian-13' } } as const
  const started = await Promise.all(
    Array.from({ length: count }, (_, index) => port.createVm({ name: `vm-${index}`, source })),
  )
  return started.map((operation) => unwrap(operation).handle)
}

it('leaves no timer after close', async () => {
  const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length
  const before = timers()
  const { port, close } = await stage()
  const [handle] = await creations({ port }, 5)
  if (!handle) throw new Error('nothing was begun')
  const waiting = unwrap(await port.resumeOperation(handle)).wait()
  await expect.poll(timers).toBeGreaterThan(before)
  await close()
  expect(await waiting).toMatchObject({ ok: false })
  // The test runner has timers of its own, which come and go; ours would last a minute and an hour.
  await expect.poll(timers).toBeLessThanOrEqual(before)
})

it.each([1, 10, 100])('%i creations in flight cost the same few requests a round', async (count) => {
  const { platform, port } = await stage()
  let handles = await creations({ port }, count)
  for (let round = 0; round < 3; round += 1) {
    platform.log.clear()
    const advances = (await port.advanceOperations(handles)).map(unwrap)
    expect(advances.every(({ status }) => status === 'running')).toBe(true)
    handles = advances.map(({ handle }) => handle)
    const calls = platform.log.entries.map(({ call }) => call)
    // One look at all tasks, and one at the lane for all who wait.
    expect(calls.toSorted()).toEqual(count > laneWidth ? ['clone.room', 'task.read'] : ['task.read'])
  }
  expect(handles.filter(({ cursor }) => cursor.stage === 'accepted')).toHaveLength(Math.min(count, laneWidth))
  // Nobody was sent to the platform only to be refused.
  expect(platform.log.count({ call: 'vm.clone', carriedOut: false })).toBe(0)
})

it('100 creations in flight use no more sockets than the pool has', async () => {
  const { platform, port } = await stage()
  const handles = await creations({ port }, 100)
  await port.advanceOperations(handles)
  expect(platform.connections).toBeGreaterThan(1)
  expect(platform.connections).toBeLessThanOrEqual(poolSize)
})
