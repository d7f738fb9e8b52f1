import { describe, expect, it } from 'vitest'
import { HypervisorError } from '../errors/hypervisor-error.js'
import { failedHalfWay, lostAnswer, refused, refusedForNow } from './testing/errors.js'
import { done, scripted } from './testing/scripted.js'

const task = { task: 'T1' } as const

describe('a step that changes something', () => {
  it('is checkpointed as intent before it is sent, and as accepted after', async () => {
    const script = scripted({ create: { begin: [task], poll: [{ running: true }, done] } })
    const handle = await script.start()
    expect(script.checkpoints.map(({ cursor }) => cursor.stage)).toEqual(['intent', 'accepted'])
    expect(handle.cursor).toMatchObject({ step: 'create', stage: 'accepted', task: 'T1' })
    expect((await script.finish(handle)).status).toBe('succeeded')
    expect(script.calls).toEqual(['create.begin', 'create.poll', 'create.poll'])
  })

  it('is not sent when the intent cannot be stored', async () => {
    const script = scripted({ create: {} })
    const onCheckpoint = () => Promise.reject(new Error('disk full'))
    await expect(script.start({ onCheckpoint })).rejects.toThrow('disk full')
    expect(script.calls).toEqual([])
  })

  it('may be done with its first answer', async () => {
    const script = scripted({ create: { begin: [{ done: true, state: { id: '1' }, warnings: ['slow disk'] }] } })
    const advance = await script.finish(await script.start())
    expect(advance).toMatchObject({ status: 'succeeded', warnings: ['slow disk'], handle: { state: { id: '1' } } })
  })

  it('costs no attempt while it is busy, and is not looked up', async () => {
    const busy = { busy: 'a clone of the same source', retryAfterMs: 7 }
    const script = scripted({ create: { maxTries: 2, begin: [busy, busy, busy, busy, done] } })
    const first = await script.start()
    expect(first.cursor.stage).toBe('ready')
    const waiting = await script.step(first)
    expect(waiting).toMatchObject({ retryAfterMs: 7, progress: { waitingFor: 'a clone of the same source' } })
    expect((await script.finish(waiting.handle)).status).toBe('succeeded')
    expect(script.calls).toEqual(Array(5).fill('create.begin'))
  })

  it('is sent again after a refusal that says when', async () => {
    const script = scripted({ create: { begin: [refusedForNow(1234), done] } })
    const handle = await script.start()
    expect(handle.cursor).toMatchObject({ stage: 'ready', tries: 1 })
    expect((await script.finish(handle)).status).toBe('succeeded')
    expect(script.calls).toEqual(['create.begin', 'create.begin'])
  })

  it('fails with the refusal when it was refused too often', async () => {
    const script = scripted({ create: { maxTries: 3, begin: [refusedForNow()] } })
    const advance = await script.finish(await script.start())
    expect(advance.error).toMatchObject({ code: 'UNAVAILABLE', outcome: 'not-started' })
    expect(script.calls).toHaveLength(3)
  })

  it('is thrown at the caller when it was refused for good and nothing was changed', async () => {
    const script = scripted({ create: { begin: [refused('quota')] } })
    await expect(script.start()).rejects.toMatchObject({ code: 'FAILED_PRECONDITION', message: 'quota' })
  })

  it('takes an error that nobody described for a lost answer', async () => {
    const script = scripted({ create: { begin: [new RangeError('bug'), done], find: [{ found: 'absent' }] } })
    expect((await script.finish(await script.start())).status).toBe('succeeded')
    expect(script.calls).toEqual(['create.begin', 'create.find', 'create.begin'])
  })
})

describe('a lost answer', () => {
  it('is looked up, never sent again blindly', async () => {
    const script = scripted({ create: { begin: [lostAnswer()], find: [{ found: 'mine', state: { id: '7' } }] } })
    const handle = await script.start()
    expect(handle.cursor.stage).toBe('intent')
    const advance = await script.finish(handle)
    expect(advance).toMatchObject({ status: 'succeeded', handle: { state: { id: '7' } } })
    expect(script.calls).toEqual(['create.begin', 'create.find'])
  })

  it('of a safe step is answered by repeating it', async () => {
    const script = scripted({ start: { repeat: 'safe', begin: [lostAnswer(), done] } })
    await script.finish(await script.start())
    expect(script.calls).toEqual(['start.begin', 'start.begin'])
  })

  it('of work under way goes on polling what was found', async () => {
    const script = scripted({
      create: { begin: [lostAnswer()], find: [{ found: 'running', task: 'T9' }], poll: [{ running: true }, done] },
    })
    const found = await script.step(await script.start())
    expect(found.handle.cursor).toMatchObject({ stage: 'accepted', task: 'T9' })
    expect((await script.finish(found.handle)).status).toBe('succeeded')
  })

  it('that stays undecided is asked for until its bound, counted from the first look', async () => {
    const script = scripted({
      create: { undecidedMs: 1000, begin: [lostAnswer()], find: [{ found: 'undecided', retryAfterMs: 50 }] },
    })
    const lost = await script.start()
    script.endpoint.clock += 86_400_000
    const first = await script.step(lost)
    expect(first).toMatchObject({
      status: 'running',
      retryAfterMs: 50,
      progress: { waitingFor: "what became of 'create'" },
    })
    script.endpoint.clock += 1000
    const second = await script.step(first.handle)
    expect(second.status).toBe('running')
    script.endpoint.clock += 1
    const third = await script.finish(second.handle)
    expect(third.error).toMatchObject({ code: 'INTERNAL', outcome: 'unknown', retryable: false })
    expect(script.calls.filter((call) => call === 'create.begin')).toHaveLength(1)
  })

  it('that nobody can ever tell fails with outcome unknown and is not sent again', async () => {
    const script = scripted({ reset: { begin: [lostAnswer()], find: [{ found: 'unknowable', reason: 'no trace' }] } })
    const advance = await script.finish(await script.start())
    expect(advance.error).toMatchObject({ outcome: 'unknown', message: expect.stringContaining('no trace') })
    expect(script.calls).toEqual(['reset.begin', 'reset.find'])
  })

  it('that found foreign work fails, or goes on where the adapter says', async () => {
    const foreign = scripted({
      stop: { begin: [lostAnswer()], find: [{ found: 'foreign', reason: 'restarted since' }] },
    })
    const failed = await foreign.finish(await foreign.start())
    expect(failed.error).toMatchObject({ code: 'CONFLICT', message: expect.stringContaining('restarted since') })
    const rewound = scripted({
      reserve: {
        repeat: 'read',
        begin: [({ state }) => ({ done: true, state: { tried: [...((state.tried as string[]) ?? []), 'x'] } })],
      },
      create: { begin: [lostAnswer(), done], find: [{ found: 'foreign', goTo: 'reserve' }] },
    })
    const advance = await rewound.finish(await rewound.start())
    expect(advance).toMatchObject({ status: 'succeeded', handle: { state: { tried: ['x', 'x'] } } })
    expect(rewound.calls).toEqual(['reserve.begin', 'create.begin', 'create.find', 'reserve.begin', 'create.begin'])
  })

  it('declared as a loss begins anew and tells what may be left', async () => {
    const script = scripted({
      check: {
        begin: [lostAnswer(), done],
        find: [{ found: 'lost', goTo: 'check', leftovers: [{ kind: 'job', id: 'J1' }] }],
      },
    })
    const advance = await script.finish(await script.start())
    expect(advance).toMatchObject({ status: 'succeeded', warnings: ['job J1 may have been left behind'] })
    expect(script.calls).toEqual(['check.begin', 'check.find', 'check.begin'])
  })

  it('after the last attempt is still looked up before anything is given up', async () => {
    const found = scripted({ create: { maxTries: 1, begin: [lostAnswer()], find: [{ found: 'mine' }] } })
    expect((await found.finish(await found.start())).status).toBe('succeeded')
    const absent = scripted({ create: { maxTries: 2, begin: [lostAnswer()], find: [{ found: 'absent' }] } })
    const advance = await absent.finish(await absent.start())
    expect(advance.error).toMatchObject({ code: 'UNAVAILABLE', outcome: 'failed' })
    expect(absent.calls).toEqual(['create.begin', 'create.find', 'create.begin', 'create.find'])
  })

  it('is not forgotten when the look itself fails for a while', async () => {
    const script = scripted({
      create: { begin: [lostAnswer()], find: [...Array(12).fill(lostAnswer()), { found: 'mine' }] },
    })
    expect((await script.finish(await script.start())).status).toBe('succeeded')
    expect(script.calls.filter((call) => call === 'create.begin')).toHaveLength(1)
  })
})

describe('accepted work', () => {
  it('that fails is the failure, with the native text', async () => {
    const script = scripted({ create: { begin: [task], poll: [failedHalfWay('no space left on device')] } })
    const advance = await script.finish(await script.start())
    expect(advance.error).toMatchObject({ code: 'INTERNAL', native: { text: 'no space left on device' } })
  })

  it('survives unreadable looks, and tells the caller when they do not end', async () => {
    const script = scripted({ create: { begin: [task], poll: [lostAnswer(), lostAnswer(), { running: true }, done] } })
    expect((await script.finish(await script.start())).status).toBe('succeeded')
    const dead = scripted({ create: { begin: [task], poll: [lostAnswer()] } })
    const handle = await dead.start()
    await expect(dead.finish(handle)).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    expect(dead.calls.filter((call) => call === 'create.begin')).toHaveLength(1)
  })

  it('is not taken for failed when our access is refused: the same handle goes on', async () => {
    const denied = new HypervisorError('UNAUTHENTICATED', 'the token was revoked')
    const script = scripted({ create: { begin: [task], poll: [denied, done] } })
    const handle = await script.start()
    await expect(script.step(handle)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
    expect((await script.finish(handle)).status).toBe('succeeded')
  })

  it('whose task vanished is decided by find', async () => {
    const mine = scripted({ create: { begin: [task], poll: [{ vanished: true }], find: [{ found: 'mine' }] } })
    expect((await mine.finish(await mine.start())).status).toBe('succeeded')
    const absent = scripted({
      create: { begin: [task, done], poll: [{ vanished: true }], find: [{ found: 'absent' }] },
    })
    expect((await absent.finish(await absent.start())).status).toBe('succeeded')
    expect(absent.calls).toEqual(['create.begin', 'create.poll', 'create.find', 'create.find', 'create.begin'])
    const safe = scripted({ stop: { repeat: 'safe', begin: [task, done], poll: [{ vanished: true }] } })
    await safe.finish(await safe.start())
    expect(safe.calls).toEqual(['stop.begin', 'stop.poll', 'stop.begin'])
  })

  it('whose task vanished after hours may stay undecided for its full bound', async () => {
    const undecided = { found: 'undecided', retryAfterMs: 1 } as const
    const script = scripted({
      create: { begin: [task], poll: [{ vanished: true }], find: [undecided, undecided, { found: 'mine' }] },
    })
    const handle = await script.start()
    script.endpoint.clock += 7_200_000
    expect((await script.finish(handle)).status).toBe('succeeded')
    expect(script.calls).toEqual(['create.begin', 'create.poll', 'create.find', 'create.find', 'create.find'])
  })

  it('may keep a small memory between polls', async () => {
    const script = scripted({
      restart: {
        begin: [task],
        poll: [({ state }) => (state.leftOnce ? done : { running: true, state: { leftOnce: true } })],
      },
    })
    const advance = await script.finish(await script.start())
    expect(advance).toMatchObject({ status: 'succeeded', handle: { state: { leftOnce: true } } })
  })
})

describe('a read step', () => {
  it('is never checkpointed by itself and is repeated while it may', async () => {
    const script = scripted({ plan: { repeat: 'read', begin: [done] }, create: {} })
    await script.finish(await script.start())
    expect(script.checkpoints.filter(({ cursor }) => cursor.step === 'plan')).toEqual([])
  })

  it('that fails before the first write is thrown at the caller, retryable or not', async () => {
    const script = scripted({ plan: { repeat: 'read', begin: [refusedForNow()] }, create: {} })
    await expect(script.start()).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    expect(script.calls).toEqual(['plan.begin'])
  })

  it('may wait for a condition', async () => {
    const script = scripted({
      create: {},
      started: { repeat: 'read', begin: [{ task: null }], poll: [{ running: true }, done] },
    })
    expect((await script.finish(await script.start())).status).toBe('succeeded')
  })
})

describe('jumps', () => {
  it('forward leave the steps between out; backward repeat them', async () => {
    const forward = scripted({
      shutdown: { begin: [{ goTo: 'off', state: { why: 'no agent' } }] },
      stop: {},
      off: { repeat: 'read' },
    })
    const advance = await forward.finish(await forward.start())
    expect(advance).toMatchObject({ status: 'succeeded', handle: { state: { why: 'no agent' } } })
    expect(forward.calls).toEqual(['shutdown.begin', 'off.begin'])
    const backward = scripted({
      reserve: { repeat: 'read' },
      create: { begin: [task, task], poll: [{ goTo: 'reserve' }, done] },
    })
    await backward.finish(await backward.start())
    expect(backward.calls).toEqual([
      'reserve.begin',
      'create.begin',
      'create.poll',
      'reserve.begin',
      'create.begin',
      'create.poll',
    ])
  })

  it('to a step that is left out go to the next that is not', async () => {
    const script = scripted({ a: { begin: [{ goTo: 'b' }] }, b: { times: () => 0 }, c: {} })
    await script.finish(await script.start())
    expect(script.calls).toEqual(['a.begin', 'c.begin'])
  })
})
