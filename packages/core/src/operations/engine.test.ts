import { describe, expect, it } from 'vitest'
import { HypervisorError } from '../errors/hypervisor-error.js'
import type { OperationHandle } from './handle.js'
import type { Advance } from './operation.js'
import { failedHalfWay, lostAnswer, refused } from './testing/errors.js'
import { done, scripted } from './testing/scripted.js'

const task = { task: 'T1' } as const
const volume = [{ kind: 'volume', id: 'vol-1' }] as const

function cleanUpIn({ error }: Advance): OperationHandle {
  const failure = error && HypervisorError.fromJSON(error)
  if (failure?.code !== 'PARTIAL') throw new Error('not partial')
  return failure.details.cleanUp
}

describe('order', () => {
  it('runs each step once, and a repeated step once an index', async () => {
    const script = scripted({
      plan: { repeat: 'read', begin: [{ done: true, state: { disks: 3 } }] },
      create: {},
      grow: {
        repeat: 'safe',
        times: ({ state }) => (state.disks as number | undefined) ?? 1,
        begin: [task],
        poll: [done],
      },
      skipped: { times: () => 0 },
      start: { repeat: 'safe' },
    })
    const advance = await script.finish(await script.start())
    expect(advance.status).toBe('succeeded')
    const grow = [0, 1, 2].flatMap((index) =>
      ['begin', 'poll'].map((verb) => `grow${index ? `[${index}]` : ''}.${verb}`),
    )
    expect(script.calls).toEqual(['plan.begin', 'create.begin', ...grow, 'start.begin'])
  })

  it('shows a fraction that never falls, also after a rewind', async () => {
    const script = scripted({
      reserve: { repeat: 'read' },
      create: { begin: [task], poll: [{ running: true, fraction: 0.5 }, { goTo: 'reserve' }, done] },
      start: { repeat: 'safe' },
    })
    const fractions: number[] = []
    let advance = await script.step(await script.start())
    while (advance.status === 'running') {
      fractions.push(advance.progress.fraction ?? -1)
      advance = await script.step(advance.handle)
    }
    expect(fractions).toEqual([...fractions].sort((a, b) => a - b))
    expect(fractions[0]).toBe(0.25)
    expect(advance.progress.fraction).toBe(1)
  })

  it('always ends with the always-steps, whose own failures are only warnings', async () => {
    const always = { drop: { repeat: 'safe', begin: [refused('draft is gone')] }, forget: { repeat: 'safe' } } as const
    const good = scripted({ create: {} }, { always })
    const advance = await good.finish(await good.start())
    expect(advance).toMatchObject({ status: 'succeeded', warnings: ['drop: draft is gone'] })
    expect(good.calls).toEqual(['create.begin', 'drop.begin', 'forget.begin'])
    const bad = scripted({ create: { undo: { destroy: {} } }, start: { begin: [refused()] } }, { always })
    const failed = await bad.finish(await bad.start())
    expect(failed.error?.code).toBe('FAILED_PRECONDITION')
    expect(bad.calls).toEqual([
      'create.begin',
      'start.begin',
      'create.undo.destroy.begin',
      'drop.begin',
      'forget.begin',
    ])
  })

  it('repeats an always-step over what the steps noted', async () => {
    const script = scripted(
      { check: { begin: [{ done: true, state: { jobs: ['a', 'b'] } }] } },
      { always: { drop: { repeat: 'safe', times: ({ state }) => (state.jobs as string[] | undefined)?.length ?? 0 } } },
    )
    await script.finish(await script.start())
    expect(script.calls).toEqual(['check.begin', 'drop.begin', 'drop[1].begin'])
  })

  it('refuses a handle whose step this adapter does not have', async () => {
    const script = scripted({ create: { begin: [task], poll: [done] } })
    const handle = await script.start()
    await expect(script.step({ ...handle, cursor: { ...handle.cursor, step: 'other' } })).rejects.toMatchObject({
      code: 'UNSUPPORTED',
      message: expect.stringContaining('go on with the version that began it'),
    })
  })
})

describe('undo', () => {
  it('takes back in reverse what was applied, each part in its own order', async () => {
    const script = scripted({
      create: { undo: { off: { repeat: 'safe', begin: [task], poll: [{ running: true }, done] }, destroy: {} } },
      disk: { times: () => 2, undo: { remove: { repeat: 'safe' } } },
      config: { repeat: 'safe' },
      start: { begin: [task], poll: [failedHalfWay('kernel panic')] },
    })
    const advance = await script.finish(await script.start())
    expect(advance.error).toMatchObject({ code: 'INTERNAL', native: { text: 'kernel panic' } })
    const undo = script.calls.slice(script.calls.indexOf('start.poll') + 1)
    expect(undo).toEqual([
      'disk.undo.remove[1].begin',
      'disk.undo.remove.begin',
      'create.undo.off.begin',
      'create.undo.off.poll',
      'create.undo.off.poll',
      'create.undo.destroy.begin',
    ])
    expect(advance.handle.applied.map(({ step }) => step)).toEqual(['config', 'start'])
  })

  it('includes a step whose own task failed, and not one that was refused', async () => {
    const undo = { destroy: {} }
    const halfWay = scripted({ create: { begin: [task], poll: [failedHalfWay()], undo } })
    await halfWay.finish(await halfWay.start())
    expect(halfWay.calls).toContain('create.undo.destroy.begin')
    const never = scripted({ network: { undo }, create: { begin: [refused()], undo } })
    await never.finish(await never.start())
    expect(never.calls).toEqual(['network.begin', 'create.begin', 'network.undo.destroy.begin'])
  })

  it('includes a step that find recognised, and leaves alone what was forgotten', async () => {
    const undo = { destroy: {} }
    const found = scripted({
      create: { begin: [lostAnswer()], find: [{ found: 'mine' }], undo },
      start: { begin: [refused()] },
    })
    await found.finish(await found.start())
    expect(found.calls).toContain('create.undo.destroy.begin')
    const forgotten = scripted({
      create: { undo },
      settle: { begin: [{ done: true, forget: ['create'] }] },
      start: { begin: [refused()] },
    })
    await forgotten.finish(await forgotten.start())
    expect(forgotten.calls).not.toContain('create.undo.destroy.begin')
  })

  it('survives a process that dies in it: a lost answer is found, not repeated', async () => {
    const script = scripted({
      create: { undo: { destroy: { begin: [lostAnswer()], find: [{ found: 'mine' }] } } },
      start: { begin: [refused()] },
    })
    await script.finish(await script.start())
    expect(script.calls).toEqual([
      'create.begin',
      'start.begin',
      'create.undo.destroy.begin',
      'create.undo.destroy.find',
    ])
  })

  it('may go back to an earlier part of the same undo', async () => {
    const destroy = { begin: [{ goTo: 'off' }, done] }
    const script = scripted({ create: { undo: { off: { repeat: 'safe' }, destroy } }, start: { begin: [refused()] } })
    await script.finish(await script.start())
    const off = 'create.undo.off.begin'
    expect(script.calls.slice(2)).toEqual([off, 'create.undo.destroy.begin', off, 'create.undo.destroy.begin'])
  })

  it('that fails goes on with the others, keeps the cause and offers a clean-up', async () => {
    const script = scripted({
      volume: { undo: { remove: {} } },
      create: { undo: { destroy: { begin: [refused('locked'), done] } }, leftovers: () => volume },
      start: { begin: [failedHalfWay('no memory')] },
    })
    const advance = await script.finish(await script.start())
    expect(script.calls).toContain('volume.undo.remove.begin')
    expect(advance.error).toMatchObject({
      code: 'PARTIAL',
      outcome: 'applied',
      native: { text: 'no memory' },
      details: { leftovers: volume, reason: { code: 'INTERNAL' }, undoErrors: [{ message: 'locked' }] },
    })
    const cleanUp = cleanUpIn(advance)
    const cleaned = await script.finish(cleanUp)
    expect(cleaned).toMatchObject({ status: 'succeeded', value: { removed: ['vol-1'], left: [] } })
    expect(cleaned.handle).toMatchObject({ kind: 'cleanUp', of: 'createVm', id: `${advance.handle.id}+` })
    expect(script.calls.at(-1)).toBe('create.undo.destroy.begin')
  })

  it('that fails again in the clean-up is PARTIAL again', async () => {
    const destroy = { begin: [refused('locked')] }
    const script = scripted({
      create: { undo: { destroy }, leftovers: () => volume },
      start: { begin: [refused()] },
    })
    const first = await script.finish(await script.start())
    const cleanUp = cleanUpIn(first)
    const second = await script.finish(cleanUp)
    expect(second.error).toMatchObject({
      code: 'PARTIAL',
      details: { leftovers: volume, reason: { message: 'locked' } },
    })
  })

  it('that fails is PARTIAL even when the adapter cannot name what is left', async () => {
    const script = scripted({ create: { undo: { destroy: { begin: [refused()] } } }, start: { begin: [refused()] } })
    expect((await script.finish(await script.start())).error).toMatchObject({ code: 'PARTIAL' })
  })

  it('never destroys what is only probably ours, nor does a clean-up', async () => {
    const script = scripted({
      create: {
        begin: [lostAnswer()],
        find: [{ found: 'mine', weak: true }],
        undo: { destroy: {} },
        leftovers: () => volume,
      },
      start: { begin: [refused()] },
    })
    const advance = await script.finish(await script.start())
    expect(advance.error).toMatchObject({ code: 'PARTIAL', details: { leftovers: volume } })
    const cleanUp = cleanUpIn(advance)
    expect(await script.finish(cleanUp)).toMatchObject({ error: { code: 'PARTIAL' } })
    expect(script.calls).not.toContain('create.undo.destroy.begin')
  })

  it('is halted, not given up, while our access is refused', async () => {
    const denied = new HypervisorError('UNAUTHENTICATED', 'the token was revoked')
    const script = scripted({ create: { undo: { destroy: { begin: [denied, done] } } }, start: { begin: [refused()] } })
    const handle = await script.start()
    await expect(script.finish(handle)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
    const kept = script.checkpoints.at(-1)
    expect(kept).toMatchObject({ phase: 'undo', cursor: { stage: 'intent' } })
    if (!kept) throw new Error('no checkpoint')
    expect((await script.finish(kept)).error?.code).toBe('FAILED_PRECONDITION')
  })
})

describe('sessions', () => {
  const scoped = (extra: object = {}) => ({
    check: { repeat: 'safe', scope: 's' } as const,
    edit: { repeat: 'safe', scope: 's' } as const,
    deploy: { scope: 's', begin: [task, done], poll: [done], ...extra },
    verify: { repeat: 'read' } as const,
  })

  it('that are new rewind to the first step of the scope', async () => {
    const script = scripted(scoped())
    script.endpoint.session = 'A'
    const handle = await script.start()
    expect(handle).toMatchObject({ session: { scope: 's', id: 'A' }, cursor: { step: 'edit' } })
    script.endpoint.session = 'B'
    await script.finish(handle)
    expect(script.calls).toEqual([
      'check.begin',
      'check.begin',
      'edit.begin',
      'deploy.begin',
      'deploy.poll',
      'verify.begin',
    ])
  })

  it('that are not opened yet count as new: another process has none', async () => {
    const script = scripted(scoped())
    script.endpoint.session = 'A'
    const handle = await script.start()
    script.endpoint.session = undefined
    await script.finish(handle)
    expect(script.calls.slice(0, 3)).toEqual(['check.begin', 'check.begin', 'edit.begin'])
  })

  it('do not matter any more to what was accepted', async () => {
    const script = scripted(scoped())
    script.endpoint.session = 'A'
    const edited = await script.step(await script.start())
    const deploying = await script.step(edited.handle)
    expect(deploying.handle.cursor).toMatchObject({ step: 'deploy', stage: 'accepted' })
    script.endpoint.session = 'B'
    await script.finish(deploying.handle)
    expect(script.calls).toEqual(['check.begin', 'edit.begin', 'deploy.begin', 'deploy.poll', 'verify.begin'])
  })

  it('that are new never hide a mutation whose answer was lost: it is found before anything is repeated', async () => {
    for (const [found, expected] of [
      ['mine', ['deploy.find', 'verify.begin']],
      ['absent', ['deploy.find', 'check.begin', 'edit.begin', 'deploy.begin', 'verify.begin']],
    ] as const) {
      const script = scripted(scoped({ begin: [lostAnswer(), done], find: [{ found }] }))
      script.endpoint.session = 'A'
      const lost = await script.step((await script.step(await script.start())).handle)
      expect(lost.handle.cursor).toMatchObject({ step: 'deploy', stage: 'intent' })
      script.endpoint.session = 'B'
      script.calls.length = 0
      await script.finish(lost.handle)
      expect(script.calls).toEqual(expected)
    }
  })
})

describe('deadlines', () => {
  it('stop what was not begun, and undo what was done', async () => {
    const script = scripted({ create: { undo: { destroy: {} } }, start: {} })
    const handle = await script.start({ deadlineMs: 500 })
    script.endpoint.clock += 501
    const advance = await script.finish(handle)
    expect(advance.error).toMatchObject({ code: 'TIMEOUT', retryable: false })
    expect(script.calls).toEqual(['create.begin', 'create.undo.destroy.begin'])
  })

  it('use the endpoint’s clock, however skewed against ours', async () => {
    const script = scripted({ create: { begin: [task], poll: [done] } })
    script.endpoint.clock = Date.now() + 86_400_000
    const handle = await script.start({ deadlineMs: 1000 })
    expect(handle.deadlineAt).toBe(script.endpoint.clock + 1000)
    expect((await script.finish(handle)).status).toBe('succeeded')
  })

  it('stop running work first, wait for its end, then undo', async () => {
    const script = scripted({
      create: {
        begin: [task],
        cancel: [true],
        poll: [{ running: true }, failedHalfWay('aborted')],
        undo: { destroy: {} },
      },
    })
    const handle = await script.start({ deadlineMs: 500 })
    script.endpoint.clock += 501
    const advance = await script.finish(handle)
    expect(advance.error?.code).toBe('TIMEOUT')
    const end = ['create.cancel', 'create.poll', 'create.poll', 'create.undo.destroy.begin']
    expect(script.calls).toEqual(['create.begin', ...end])
  })

  it('do not wait for ever on work that was asked to stop, nor at all on work that cannot be', async () => {
    const stuck = { begin: [task], poll: [{ running: true }], undo: { destroy: {} } } as const
    const patient = scripted({ create: { ...stuck, cancel: [true] } })
    const stopping = await patient.step(
      await patient.start({ deadlineMs: 0 }).then((handle) => {
        patient.endpoint.clock += 1
        return handle
      }),
    )
    patient.endpoint.clock += 60_001
    expect((await patient.finish(stopping.handle)).error?.code).toBe('TIMEOUT')
    const stubborn = scripted({ create: stuck })
    const handle = await stubborn.start({ deadlineMs: 0 })
    stubborn.endpoint.clock += 1
    expect((await stubborn.finish(handle)).error?.code).toBe('TIMEOUT')
    expect(stubborn.calls).toEqual(['create.begin', 'create.undo.destroy.begin'])
  })

  it('do not hurry an undo', async () => {
    const script = scripted({
      create: { undo: { destroy: { begin: [task], poll: [{ running: true }, done] } } },
      start: { begin: [refused('no')] },
    })
    const handle = await script.start({ deadlineMs: 100 })
    const undoing = await script.step(handle)
    script.endpoint.clock += 1_000_000
    expect((await script.finish(undoing.handle)).error).toMatchObject({ code: 'FAILED_PRECONDITION' })
  })
})

describe('an aborted wait', () => {
  it('fails nothing: what was not sent is sent later', async () => {
    const controller = new AbortController()
    const unsent = () => {
      controller.abort()
      throw new HypervisorError('CANCELLED', 'aborted', { outcome: 'not-started' })
    }
    const script = scripted({ create: { undo: { destroy: {} } }, start: { begin: [unsent, done] } })
    const advance = await script.step(await script.start(), { signal: controller.signal })
    expect(advance.handle).toMatchObject({ phase: 'forward', cursor: { step: 'start', stage: 'ready', tries: 0 } })
    expect((await script.finish(advance.handle)).status).toBe('succeeded')
    expect(script.calls).toEqual(['create.begin', 'start.begin', 'start.begin'])
  })

  it('of a request on its way leaves it to find', async () => {
    const controller = new AbortController()
    const script = scripted({
      create: {},
      start: {
        begin: [
          () => {
            controller.abort()
            throw new DOMException('aborted', 'AbortError')
          },
        ],
        find: [{ found: 'mine' }],
      },
    })
    const advance = await script.step(await script.start(), { signal: controller.signal })
    expect(advance.handle.cursor).toMatchObject({ step: 'start', stage: 'intent', tries: 0 })
    expect((await script.finish(advance.handle)).status).toBe('succeeded')
    expect(script.calls).toEqual(['create.begin', 'start.begin', 'start.find'])
  })
})
