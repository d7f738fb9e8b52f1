import type { Found, Step } from '@dcm/core'
import { isGone, readConfig } from '../locate.js'
import { readDescription, writeDescription } from '../map-description.js'
import type { Platform } from '../platform.js'
import { placeOf } from '../power/vm-state.js'
import { assertOurs, changedMeanwhile } from './configure.js'
import type { CreateContext, CreateInput, CreateState } from './state.js'

/**
 * PUT config: takes the word of its maker off the description, with the digest of what was just read. From here on the
 * key answers with this VM and no run takes it back: whoever was told of it has it. So it is the last step, and never
 * left undecided.
 */
export function finishStep(platform: Platform): Step<CreateInput, CreateState> {
  return {
    name: 'finish',
    repeat: 'once',
    times: ({ state }) => (state.finished === true ? 0 : 1),
    async begin(context) {
      const place = placeOf(context.state)
      const config = await readConfig(platform.api, place, context.signal)
      assertOurs(config, context)
      const { text, marker, draft } = readDescription(config.description)
      if (marker === undefined || draft === undefined) return { done: true }
      if (draft.being === 'removed') return lookAgain
      const change = { ...place, digest: config.digest, description: writeDescription(text, marker) }
      try {
        await platform.api.request('PUT /nodes/{node}/qemu/{vmid}/config', change, context)
        return { done: true }
      } catch (error) {
        return changedMeanwhile('finish', error, context.state.configTries ?? 0)
      }
    },
    findCanBeWrong: 'another run of the key has finished the VM meanwhile: that is as good',
    async find(context): Promise<Found<CreateState>> {
      const being = await whatIsDoneTo(platform, context)
      if (being === 'finished') return { found: 'mine' }
      // Gone, and made by us: begin says so.
      const toBegin = being === 'made' || (being === 'gone' && context.state.adopted !== true)
      return toBegin ? { found: 'absent' } : { found: 'foreign', ...lookAgain }
    },
  }
}

/**
 * A step on a VM that another run may have made, and may be taking back while we help: then it is left alone, and looked
 * for again.
 */
export function helping(platform: Platform, step: Step<CreateInput, CreateState>): Step<CreateInput, CreateState> {
  const { begin, poll } = step
  return {
    ...step,
    async begin(context) {
      if (context.state.adopted !== true) return begin(context)
      const being = await whatIsDoneTo(platform, context)
      if (being === 'removed' || being === 'gone') return lookAgain
      return orLookAgain(context, () => begin(context))
    },
    ...(poll && { poll: (context, task) => orLookAgain(context, () => poll(context, task)) }),
  }
}

async function orLookAgain<T>(context: CreateContext, work: () => Promise<T>): Promise<T | typeof lookAgain> {
  try {
    return await work()
  } catch (error) {
    if (context.state.adopted === true && isGone(error)) return lookAgain
    throw error
  }
}

async function whatIsDoneTo(
  platform: Platform,
  context: CreateContext,
): Promise<'finished' | 'made' | 'removed' | 'gone'> {
  try {
    const { description } = await readConfig(platform.api, placeOf(context.state), context.signal)
    const { marker, draft } = readDescription(description)
    if (marker?.key !== context.marker?.key) return 'gone'
    return draft?.being ?? 'finished'
  } catch (error) {
    if (isGone(error)) return 'gone'
    throw error
  }
}

const lookAgain = { goTo: 'lookup', state: { adopted: false, finished: false } }
