import type { OperationInputs } from '../../adapter.js'
import type { JsonObject } from '../../json.js'
import type { VmInfo } from '../../model/vm.js'
import type { OperationDefinition, Step, StepContext } from '../../operations/step.js'
import type { CreatePlan } from './create-plan.js'

/** What the steps of createVm learn. */
export interface CreateState {
  readonly plan: CreatePlan
  /** Tells our VM from one that another run of the same key made. */
  readonly attempt: string
  readonly vmId: string
  readonly generation: string
  /** Another run made the VM: we help to finish it, and never remove it. */
  readonly adopted: boolean
  /** Ids that turned out to be taken, counted. */
  readonly collisions: number
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
export function targetOf({ state }: Pick<CreateContext, 'state'>): {
  readonly id: string
  readonly generation?: string
} {
  return { id: state.vmId ?? '', ...(state.generation !== undefined && { generation: state.generation }) }
}

export function planOf({ state }: Pick<CreateContext, 'state'>): CreatePlan {
  if (!state.plan) throw new TypeError('the plan is made by the first step')
  return state.plan
}
