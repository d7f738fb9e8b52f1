import type { OperationInputs } from '../../adapter.js'
import type { JsonObject } from '../../json.js'
import type { VmInfo } from '../../model/vm.js'
import type { OperationDefinition, Step, StepContext } from '../../operations/step.js'
import { type ClaimState, claimedVm } from './claim.js'
import type { CreatePlan } from './create-plan.js'

/** What the steps of createVm learn. */
export interface CreateState extends ClaimState {
  readonly plan: CreatePlan
}

export type CreateInput = OperationInputs['createVm']
export type CreateContext = StepContext<CreateInput, CreateState>
export type CreateStep = Step<CreateInput, CreateState>
export type CreateDefinition = OperationDefinition<CreateInput, CreateState, VmInfo>

/** Options of the specification that only this platform has. */
export interface MemoryExtensions {
  /** Share of the processor against other VMs, 1 to 10. Default 5. */
  readonly priority?: number
  /** Metadata of the VM, beside our own. */
  readonly metadata?: { readonly [key: string]: string }
}

export function extensionsOf({ input }: CreateContext): MemoryExtensions {
  const extensions = input.spec.extensions as JsonObject | undefined
  // Core read it with this plugin's own schema.
  return (extensions?.memory ?? {}) as MemoryExtensions
}

/** The VM that the steps after its creation work on. */
export function targetOf({ state }: Pick<CreateContext, 'state'>): ReturnType<typeof claimedVm> {
  return claimedVm(state)
}

export function planOf({ state }: Pick<CreateContext, 'state'>): CreatePlan {
  if (!state.plan) throw new TypeError('the plan is made by the first step')
  return state.plan
}
