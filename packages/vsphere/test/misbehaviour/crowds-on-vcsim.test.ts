import { type Result, unwrap, type VmInfo } from '@dcm/core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { findVcsim } from '../vcsim/start-vcsim.js'
import { openPortStage, type PortStage, specOf, type VspherePort } from './port-on-vcsim.js'

const binary = await findVcsim()

describe.skipIf(binary === undefined)('many at once on vcsim', () => {
  let stage: PortStage

  beforeAll(async () => {
    stage = await openPortStage({ vms: 13 })
  })
  // Finds no session at the server.
  afterEach(() => stage.clear())
  afterAll(() => stage?.close())

  async function create(port: VspherePort, name: string, idempotencyKey: string): Promise<Result<VmInfo>> {
    const begun = await port.createVm(specOf(name), { idempotencyKey })
    return begun.ok ? begun.value.wait() : begun
  }

  it('loses and doubles none of fifty operations when the session is killed in their midst', async () => {
    const { vcsim } = stage
    const port = await stage.connect()
    const running = unwrap(await port.listVms()).items.slice(0, 25)
    await vcsim.setDelay({ tasks: { CloneVm: 200, PowerOff: 200 } })
    await vcsim.resetCounts()
    const names = Array.from({ length: 25 }, (_, index) => `midst-${index}`)
    const made = names.map(async (name) => unwrap(await create(port, name, name)))
    const stopped = running.map(async ({ ref }) =>
      unwrap(await unwrap(await port.stopVm(ref, { mode: 'hard' })).wait()),
    )
    const begun = async (): Promise<number> => {
      const { CloneVM_Task = 0, PowerOffVM_Task = 0 } = (await vcsim.state()).requests
      return CloneVM_Task + PowerOffVM_Task
    }
    await expect.poll(begun).toBeGreaterThan(2)
    expect(await vcsim.endSessions()).toBe(1)
    expect(await begun()).toBeLessThan(50)
    expect(new Set((await Promise.all(made)).map(({ ref }) => ref.id)).size).toBe(25)
    expect((await Promise.all(stopped)).map(({ powerState }) => powerState)).toEqual(Array(25).fill('stopped'))
    expect((await stage.vmsNamed('midst-')).map(({ name }) => name).sort()).toEqual(names.sort())
    expect((await vcsim.state()).logins).toBe(1)
    expect((await vcsim.state()).sessions).toHaveLength(1)
  })

  it('makes a hundred clones at once: each once, over few connections, in one session, with bounded calls', async () => {
    const { vcsim } = stage
    const port = await stage.connect()
    await vcsim.setDelay({ tasks: { CloneVm: 200 } })
    await vcsim.resetCounts()
    const names = Array.from({ length: 100 }, (_, index) => `crowd-${index}`)
    const made = await Promise.all(names.map(async (name) => unwrap(await create(port, name, name))))
    expect(new Set(made.map(({ ref }) => ref.id)).size).toBe(100)
    expect((await stage.vmsNamed('crowd-')).map(({ name }) => name).sort()).toEqual(names.sort())
    const { requests, connections, sessions, logins } = await vcsim.state()
    expect(requests.CloneVM_Task).toBe(100)
    expect([sessions.length, logins]).toEqual([1, 1])
    expect(connections).toBeLessThanOrEqual(8)
    expect(requests.WaitForUpdatesEx).toBeUndefined()
    const calls = Object.values(requests).reduce((sum, count) => sum + count, 0)
    // A plan reads the inventory: eight views of three calls each, and a dozen calls more.
    expect(calls).toBeLessThan(100 * 40)
  })

  it('lets one of two contenders for a name win, and tells the other', async () => {
    const [one, other] = await Promise.all([stage.connect(), stage.connect()])
    const names = Array.from({ length: 6 }, (_, index) => `raced-${index}`)
    const pairs = await Promise.all(
      names.map((name) => Promise.all([create(one, name, `${name} one`), create(other, name, `${name} other`)])),
    )
    for (const pair of pairs) {
      const [loser] = pair.filter(({ ok }) => !ok)
      expect(pair.filter(({ ok }) => ok)).toHaveLength(1)
      expect(loser).toMatchObject({ error: { code: 'ALREADY_EXISTS', details: { reason: 'name' } } })
    }
    expect((await stage.vmsNamed('raced-')).map(({ name }) => name).sort()).toEqual(names)
  })

  it('makes one VM of one key, whoever sends it', async () => {
    const [one, other] = await Promise.all([stage.connect(), stage.connect()])
    const names = Array.from({ length: 6 }, (_, index) => `keyed-${index}`)
    const pairs = await Promise.all(
      names.map((name) => Promise.all([create(one, name, name), create(other, name, name)])),
    )
    for (const [first, second] of pairs) expect(unwrap(first).ref).toEqual(unwrap(second).ref)
    expect((await stage.vmsNamed('keyed-')).map(({ name }) => name).sort()).toEqual(names)
  })
})
