import { type Found, HypervisorError, type Step } from '@dcm/core'
import { isFault } from '../../client/error.js'
import { readVm } from '../locate.js'
import type { Platform } from '../platform.js'
import { vmOf } from '../power/power-state.js'
import { pollTask, started } from '../task-step.js'
import { claimOf, draftChange, isOutdated } from './draft.js'
import { type CreateContext, type CreateInput, type CreateState, markerOf } from './state.js'

type CreateStep = Step<CreateInput, CreateState>

/**
 * ReconfigVM_Task: takes the word of its maker away, if nobody changed the VM since it was read. From here on the key
 * answers with this VM and no run takes it back: whoever was told of it has it. So it is the last step, and never left
 * undecided.
 */
export function finishStep(platform: Platform): CreateStep {
  return {
    name: 'finish',
    repeat: 'once',
    times: ({ state }) => (state.finished === true ? 0 : 1),
    async begin(context) {
      const row = await readVm(platform, vmOf(context.state).value, context.signal)
      if (row === undefined) throw gone(context)
      const draft = claimOf(context, row)?.draft
      if (draft === undefined) return { done: true }
      if (draft.being === 'removed') return lookAgain
      try {
        const spec = draftChange(context, row, undefined)
        return started(await platform.api.call(row.ref, 'ReconfigVM_Task', { spec }, context))
      } catch (error) {
        if (isOutdated(error)) return { goTo: 'finish' }
        throw error
      }
    },
    poll: (context, task) =>
      pollTask<CreateState>(platform, context, task, {
        failed: (error) => (isOutdated(error) ? { goTo: 'finish' } : undefined),
      }),
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
export function helping(platform: Platform, step: CreateStep): CreateStep {
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

function isGone(error: unknown): boolean {
  return isFault(error, 'ManagedObjectNotFound') || (HypervisorError.isInstance(error) && error.code === 'NOT_FOUND')
}

async function whatIsDoneTo(
  platform: Platform,
  context: CreateContext,
): Promise<'finished' | 'made' | 'removed' | 'gone'> {
  const row = await readVm(platform, vmOf(context.state).value, context.signal)
  const claim = row && claimOf(context, row)
  if (claim?.marker.key !== markerOf(context).key) return 'gone'
  return claim.draft?.being ?? 'finished'
}

function gone({ state }: CreateContext): HypervisorError {
  return new HypervisorError('NOT_FOUND', `the new VM ${state.vm} was removed meanwhile`)
}

const lookAgain = { goTo: 'lookup', state: { adopted: false, finished: false } }
