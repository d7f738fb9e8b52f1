import type { Step } from '@dcm/core'
import { isFault } from '../../client/error.js'
import { destroyStep } from '../destroy.js'
import { idOf } from '../map-vm.js'
import type { Platform } from '../platform.js'
import { haltStep } from '../power/start.js'
import { busyVm, isBusy, pollTask, started } from '../task-step.js'
import { draftChange, isOutdated, readOwn } from './draft.js'
import type { CreateInput, CreateState } from './state.js'

type CreateStep = Step<CreateInput, CreateState>

/**
 * Takes a creation back: says so at the VM, pulls the plug, removes it. Only a VM that this very attempt makes is touched,
 * and none that another run of the key has finished: that one's caller has it by now.
 */
export function undoSteps(platform: Platform): readonly CreateStep[] {
  const halt = haltStep<CreateInput, CreateState>(platform, () => true)
  const destroy = destroyStep<CreateInput, CreateState>(platform, () => true)
  return [...stopSteps(platform), onlyOwn(platform, againWhenStarted(destroy, halt.name))]
}

/** Takes the start of a creation back. */
export function stopSteps(platform: Platform): readonly CreateStep[] {
  return [
    takeBackStep(platform),
    onlyOwn(
      platform,
      haltStep<CreateInput, CreateState>(platform, () => true),
    ),
  ]
}

/** ReconfigVM_Task with `changeVersion`: from here on nobody finishes this VM. */
function takeBackStep(platform: Platform): CreateStep {
  const again = { goTo: 'take-back' }
  return {
    name: 'take-back',
    repeat: 'safe',
    async begin(context) {
      const own = await readOwn(platform, context)
      if (own === undefined) return { done: true }
      // The clone's answer may have been lost.
      // So may a VM not have our id yet that gets it later.
      const state = { vm: own.row.ref.value, id: idOf(own.row) }
      if (own.draft.being === 'removed') return { done: true, state }
      const spec = draftChange(context, own.row, { ...own.draft, being: 'removed' })
      try {
        return { ...started(await platform.api.call(own.row.ref, 'ReconfigVM_Task', { spec }, context)), state }
      } catch (error) {
        if (isOutdated(error)) return again
        if (isBusy(error)) return busyVm
        throw error
      }
    },
    poll: (context, task) =>
      pollTask<CreateState>(platform, context, task, {
        failed: (error) =>
          isOutdated(error) ? again : isFault(error, 'ManagedObjectNotFound') ? { done: true } : undefined,
      }),
  }
}

/** Leaves everything alone that is not being taken back by us. */
function onlyOwn(platform: Platform, step: CreateStep): CreateStep {
  return {
    ...step,
    async begin(context) {
      const own = await readOwn(platform, context)
      return own?.draft.being === 'removed' ? step.begin(context) : { done: true }
    },
  }
}

/** A helper may have started it since it was stopped. */
function againWhenStarted(destroy: CreateStep, halt: string): CreateStep {
  const isUp = (error: unknown): boolean => isFault(error, 'InvalidPowerState')
  const { poll } = destroy
  return {
    ...destroy,
    async begin(context) {
      try {
        return await destroy.begin(context)
      } catch (error) {
        if (isUp(error)) return { goTo: halt }
        throw error
      }
    },
    ...(poll && {
      poll: async (context, task) => {
        try {
          return await poll(context, task)
        } catch (error) {
          if (isUp(error)) return { goTo: halt }
          throw error
        }
      },
    }),
  }
}
