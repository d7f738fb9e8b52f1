import { describe, expect, it } from 'vitest'
import { lostAnswer, refused } from './testing/errors.js'
import { done, scripted } from './testing/scripted.js'

describe('the outcome of a failed operation', () => {
  it('is failed when an earlier step had done something, whatever the refused one says', async () => {
    const script = scripted({ create: { undo: { destroy: {} } }, start: { repeat: 'safe', begin: [refused()] } })
    const advance = await script.finish(await script.start())
    expect(advance.error).toMatchObject({ code: 'FAILED_PRECONDITION', outcome: 'failed' })
  })

  it('is unknown when a step was left for another one before the answer to its call was known', async () => {
    const script = scripted({
      lookup: { repeat: 'read', begin: [done, refused('another specification')] },
      configure: { repeat: 'safe', begin: [lostAnswer(), { goTo: 'lookup' }] },
    })
    const advance = await script.finish(await script.start())
    expect(advance.error).toMatchObject({ message: 'another specification', outcome: 'unknown' })
  })

  it('is unknown when an attempt whose answer was lost is followed by a refused one', async () => {
    const script = scripted({ start: { repeat: 'safe', begin: [lostAnswer(), refused()] } })
    const advance = await script.finish(await script.start())
    expect(advance.error).toMatchObject({ code: 'FAILED_PRECONDITION', outcome: 'unknown' })
  })

  it('is not-started when nothing was carried out', async () => {
    const script = scripted({ wait: { repeat: 'safe', begin: [{ busy: 'a lane', retryAfterMs: 5 }, refused()] } })
    const advance = await script.finish(await script.start())
    expect(advance.error).toMatchObject({ outcome: 'not-started' })
  })
})
