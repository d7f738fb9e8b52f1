import type { OperationDefinition, VmInfo } from '@dcm/core'
import { blankStep } from './create/blank.js'
import { cloneStep } from './create/clone.js'
import { configureStep, growStep, seedStep } from './create/configure.js'
import { finishStep, helping } from './create/finish.js'
import { lookupStep } from './create/lookup.js'
import { planStep } from './create/plan.js'
import { reserveStep } from './create/reserve.js'
import { settleStep, withdrawStep } from './create/settle.js'
import type { CreateInput, CreateState } from './create/state.js'
import { haltStep } from './create/undo.js'
import type { Platform } from './platform.js'
import { startSteps } from './power/start-steps.js'
import { resultOf } from './power/vm-state.js'

/**
 * Creates a VM from a template, blank, or from an installation image. The id is claimed by creating it; the description
 * carries the marker by which any run finds what another one made, and until the end the word that it is not finished.
 */
export function createVm(platform: Platform): OperationDefinition<CreateInput, CreateState, VmInfo> {
  const [start, started] = startSteps<CreateInput, CreateState>(platform, {
    road: ({ input, state }) => (input.spec.powerOn === false || state.finished === true ? 'none' : 'start'),
  })
  return {
    steps: [
      lookupStep(platform),
      planStep(platform),
      reserveStep(platform),
      cloneStep(platform),
      blankStep(platform),
      settleStep(platform),
      withdrawStep(platform),
      helping(platform, configureStep(platform)),
      helping(platform, growStep(platform)),
      helping(platform, seedStep(platform)),
      helping(platform, { ...start, undo: [haltStep(platform)] }),
      helping(platform, started),
      helping(platform, finishStep(platform)),
    ],
    result: (context) => resultOf(platform, context),
  }
}
