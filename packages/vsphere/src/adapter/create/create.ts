import type { Found, OperationDefinition, Polled, Step, VmInfo } from '@dcm/core'
import { isFault } from '../../client/error.js'
import type { Platform } from '../platform.js'
import { resultOf } from '../power/power-state.js'
import { startStep } from '../power/start.js'
import { cancelTask, pollTask, started } from '../task-step.js'
import { customizeStep } from './customize-deployed.js'
import { deployStep, type Making } from './deploy.js'
import { finishStep, helping } from './finish.js'
import { fixupStep } from './fixup.js'
import { collided, findHolder, taken } from './holder.js'
import { lookupStep } from './lookup.js'
import { make } from './make.js'
import { placeStep } from './place.js'
import { plan } from './plan.js'
import type { CreateContext, CreateInput, CreateState } from './state.js'
import { tagStep } from './tag.js'
import { stopSteps, undoSteps } from './undo.js'

/**
 * A VM from a template, full or linked, from a running VM (instant), from an OVF item of a content library, or a blank one. Claim:
 * the name in its folder. Marker: instanceUuid and a setting.
 */
export function createVm(platform: Platform): OperationDefinition<CreateInput, CreateState, VmInfo> {
  return {
    steps: [
      { name: 'plan', repeat: 'read', begin: (context) => plan(platform, context) },
      lookupStep(platform),
      placeStep(platform),
      makeStep(platform),
      deployStep(platform, making(platform), (context) => whenTaken(platform, context)),
      helping(platform, fixupStep(platform)),
      helping(platform, customizeStep(platform)),
      helping(platform, tagStep(platform)),
      helping(platform, { ...startStep<CreateInput, CreateState>(platform, wantsPower), undo: stopSteps(platform) }),
      helping(platform, finishStep(platform)),
    ],
    result: ({ state, signal }) => resultOf(platform, state, signal),
  }
}

function wantsPower({ input, state }: CreateContext): boolean {
  return input.spec.powerOn !== false && state.finished !== true
}

/** CloneVM_Task, InstantClone_Task or CreateVM_Task: of two contenders for a name in a folder the platform lets one win. */
function makeStep(platform: Platform): Step<CreateInput, CreateState> {
  return {
    ...making(platform),
    name: 'make',
    repeat: 'once',
    times: ({ state }) => (state.adopted === true || state.item !== undefined ? 0 : 1),
    weight: 8,
    async begin(context) {
      if (context.state.own === true) return { done: true }
      try {
        return started(await make(platform, context))
      } catch (error) {
        if (isFault(error, 'DuplicateName')) return collided
        throw error
      }
    },
    poll: (context, task) =>
      pollTask<CreateState>(platform, context, task, {
        succeeded: (result): Polled<CreateState> => ({ done: true, state: { vm: newVmOf(result) } }),
        failed: (error) => (isFault(error, 'DuplicateName') ? collided : undefined),
      }),
    cancel: ({ signal }, task) => cancelTask(platform, task, signal),
  }
}

/** Of all ways to make a VM: how one is found whose answer was lost, and how it is taken back. */
function making(platform: Platform): Making {
  return {
    findCanBeWrong:
      'a clone that waits in the queue of a busy server for longer than ours is waited for is taken for lost',
    async find(context): Promise<Found<CreateState>> {
      const holder = await findHolder(platform, context)
      switch (holder.is) {
        case 'ours': {
          const own = holder.draft?.attempt === context.state.attempt
          return own ? { found: 'mine', state: { vm: holder.row.ref.value } } : { found: 'foreign', ...collided }
        }
        case 'unfinished':
          return { found: 'undecided', retryAfterMs: 1_000 }
        case 'nobody':
          return context.now() - context.begunAt < queuedMs
            ? { found: 'undecided', retryAfterMs: 1_000 }
            : { found: 'absent' }
        case 'other-spec':
        case 'foreign':
          return { found: 'foreign', reason: taken(context, holder).message }
      }
    },
    undo: undoSteps(platform),
    leftovers: ({ state, input }) => [{ kind: 'vm', id: state.id ?? state.vm ?? 'unknown', name: input.spec.name }],
  }
}

/** How long a clone that was asked for may take to show in the inventory. */
const queuedMs = 5_000

/** A deployment failed: is it because the name was taken meanwhile? */
async function whenTaken(platform: Platform, context: CreateContext): Promise<typeof collided | undefined> {
  const holder = await findHolder(platform, context)
  const isOurs = holder.is === 'ours' && holder.draft?.attempt === context.state.attempt
  return holder.is === 'nobody' || isOurs ? undefined : collided
}

function newVmOf(result: unknown): string {
  const value = typeof result === 'object' && result !== null && 'value' in result ? result.value : undefined
  if (typeof value !== 'string') throw new TypeError('a clone ends with a reference to the new VM')
  return value
}
