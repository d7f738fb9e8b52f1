import type { Sealed } from '../../../operations/seal.js'
import type { AnyOperationDefinition, OperationDefinition, Step, StepContext } from '../../../operations/step.js'
import type { Tasked } from '../../platform/native-calls.js'
import type { Connection } from '../connection.js'
import { accepted, pollTask, stopTask } from '../steps.js'

/** What is kept of a plan. */
export interface Planned {
  /** Nothing is left to do. */
  readonly settled: boolean
  /** Id of the VM that it is about. */
  readonly id?: string
}

/** One native call, which is the same when it is sent twice. */
export interface NativeOperation<Input, State extends Planned, Output> {
  /** Looks and resolves, before anything is sent. What it gives is kept in the handle. */
  plan(input: Sealed<Input>, signal: AbortSignal): Promise<State>
  send(context: StepContext<Input, State>): Promise<Tasked | null>
  /** Looks while the native task runs: throws when that is enough. */
  judge?(context: StepContext<Input, State>): void
  /** Takes back what was made, by another call that is the same when it is sent twice. */
  takeBack?(context: StepContext<Input, State>): Promise<Tasked | null>
  result(context: StepContext<Input, State>): Promise<Output>
}

/** plan (read), change (safe: the platform takes the same call twice as one), for what makes something its undo. */
export function nativeOperation<Input, State extends Planned, Output>(
  connection: Connection,
  { plan, send, judge = () => {}, takeBack, result }: NativeOperation<Input, State, Output>,
): AnyOperationDefinition<Input, Output> {
  const sending = (name: string, call: NonNullable<typeof send>): Step<Input, State> => ({
    name,
    repeat: 'safe',
    times: ({ state }) => (state.settled ? 0 : 1),
    begin: async (context) => accepted(connection, await call(context)),
    async poll(context, task) {
      const polled = await pollTask<State>(connection, task, context.state.id)
      if ('running' in polled) judge(context)
      return polled
    },
    cancel: ({ signal }, task) => stopTask(connection, task, signal),
  })
  const definition: OperationDefinition<Input, State, Output> = {
    steps: [
      {
        name: 'plan',
        repeat: 'read',
        begin: async ({ input, signal }) => ({ done: true, state: await plan(input, signal) }),
      },
      { ...sending('change', send), ...(takeBack && { undo: [sending('take-back', takeBack)] }) },
    ],
    result,
  }
  return definition
}
