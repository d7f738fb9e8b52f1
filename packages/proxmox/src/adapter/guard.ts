import type { OperationDefinition, Step, StepContext } from '@dcm/core'
import { type ErrorContext, toHypervisorError } from './map-errors.js'

/** Runs a part of the adapter so that whatever it throws leaves it as an error of the port. */
export type Guard = <T>(operation: string, work: () => Promise<T>, resource?: string) => Promise<T>

export function createGuard(context: Pick<ErrorContext, 'endpoint' | 'principal' | 'credentials'>): Guard {
  return async (operation, work, resource) => {
    try {
      return await work()
    } catch (error) {
      throw toHypervisorError(error, { ...context, operation, ...(resource !== undefined && { resource }) })
    }
  }
}

/** The same operation, each of its functions guarded. Steps themselves speak the client's language of errors. */
export function guardDefinition<Input, State extends { vmid: number }, Output>(
  guard: Guard,
  operation: string,
  definition: OperationDefinition<Input, State, Output>,
): OperationDefinition<Input, State, Output> {
  return {
    ...definition,
    steps: definition.steps.map((step) => guardStep(guard, operation, step)),
    result: (context) => guard(operation, () => definition.result(context), resourceOf(context)),
  }
}

function guardStep<Input, State extends { vmid: number }>(
  guard: Guard,
  operation: string,
  step: Step<Input, State>,
): Step<Input, State> {
  const { poll, cancel, undo } = step
  const guarded = {
    ...step,
    begin: (context: StepContext<Input, State>) => guard(operation, () => step.begin(context), resourceOf(context)),
    ...(poll && {
      poll: (context: StepContext<Input, State>, task: Parameters<typeof poll>[1]) =>
        guard(operation, () => poll(context, task), resourceOf(context)),
    }),
    ...(cancel && {
      cancel: (context: StepContext<Input, State>, task: Parameters<typeof cancel>[1]) =>
        guard(operation, () => cancel(context, task), resourceOf(context)),
    }),
    ...(undo && { undo: undo.map((part) => guardStep(guard, operation, part)) }),
  }
  if (guarded.repeat !== 'once') return guarded
  const { find } = guarded
  return { ...guarded, find: (context) => guard(operation, () => find(context), resourceOf(context)) }
}

function resourceOf<State extends { vmid: number }>(context: StepContext<unknown, State>): string | undefined {
  return context.state.vmid === undefined ? undefined : String(context.state.vmid)
}
