import type {
  AnyOperationDefinition,
  Found,
  OperationDefinition,
  Polled,
  Sealed,
  Step,
  StepContext,
  VmInfo,
  VmRef,
} from '@dcm/core'
import type { ManagedObjectReference } from '../../client/reference.js'
import { requireVm } from '../locate.js'
import type { DetailRow } from '../map-vm.js'
import type { Platform } from '../platform.js'
import { assertReachable, pinned, resultOf, type VmState, vmOf } from '../power/power-state.js'
import { newTaskOf, recentTasks } from '../recent-tasks.js'
import { cancelTask, pollTask, started } from '../task-step.js'

/** What an operation of one task keeps in its handle, beside its own facts. */
export type TaskState = VmState & {
  /** Nothing is left to do. */
  settled: boolean
  /** Tasks that the VM had at the plan. */
  before: string[]
}

type Context<Input, Facts> = StepContext<Input, TaskState & Facts>

/** What becomes of a task's end: what was learned by it, or another step to go to. */
type Meaning<State> = { readonly done: true; readonly state?: Partial<State> } | { readonly goTo: string }

/** One task on a VM. */
export interface VmTask<Input, Facts extends object, Output> {
  /** Looks, resolves and refuses, before anything is sent. What it gives is kept in the handle. */
  plan(row: DetailRow, input: Sealed<Input>, signal: AbortSignal): Promise<Facts & Partial<TaskState>>
  /** Starts the task; undefined when it is so already. */
  send(context: Context<Input, Facts>): Promise<ManagedObjectReference | undefined>
  /** What a success tells. */
  succeeded?(result: unknown): Partial<TaskState & NoInfer<Facts>>
  /** What a refusal or a failed task means; undefined: it is the operation's failure. */
  failed?(error: unknown): Meaning<TaskState & NoInfer<Facts>> | undefined
  /** How a lost answer is decided. Without it, sending twice is the same as once. */
  readonly lost?: {
    /** `descriptionId` of the task, as `VirtualMachine.reset`: a new one of this kind is ours. */
    readonly task: string
    /** When the server tells of no such task: is the effect there? Default: no. */
    find?(context: Context<Input, Facts>): Promise<Found<TaskState & Facts>>
    readonly canBeWrong: string
  }
  readonly undo?: readonly Step<Input, TaskState & NoInfer<Facts>>[]
  readonly leftovers?: Step<Input, TaskState & NoInfer<Facts>>['leftovers']
  result(context: Context<Input, Facts>): Promise<Output>
}

/** plan (read), then change: the task, found again by what the server remembers of the VM. */
export function vmTask<Input extends { readonly ref: VmRef }, Facts extends object, Output>(
  platform: Platform,
  task: VmTask<Input, Facts, Output>,
): AnyOperationDefinition<Input, Output> {
  const definition: OperationDefinition<Input, TaskState & Facts, Output> = {
    steps: [
      {
        name: 'plan',
        repeat: 'read',
        async begin({ input, signal }) {
          const row = await requireVm(platform, refOf(input), signal)
          assertReachable(row)
          const before = task.lost === undefined ? [] : await recentTasks(platform, row.ref.value, signal)
          return { done: true, state: { ...(await task.plan(row, input, signal)), ...pinned(row), before } }
        },
      },
      changeStep(platform, task),
    ],
    result: task.result,
  }
  return definition
}

function changeStep<Input, Facts extends object, Output>(
  platform: Platform,
  { send, succeeded, failed, lost, undo, leftovers }: VmTask<Input, Facts, Output>,
): Step<Input, TaskState & Facts> {
  const step = {
    name: 'change',
    times: ({ state }: Context<Input, Facts>) => (stateOf(state).settled === true ? 0 : 1),
    async begin(context: Context<Input, Facts>) {
      try {
        const sent = await send(context)
        return sent === undefined ? ({ done: true } as const) : started(sent)
      } catch (error) {
        const meaning = failed?.(error)
        if (meaning !== undefined) return meaning
        throw error
      }
    },
    poll: (context: Context<Input, Facts>, native: Parameters<typeof pollTask>[2]) =>
      pollTask<TaskState & Facts>(platform, context, native, {
        vm: stateOf(context.state).vm,
        succeeded: (result): Polled<TaskState & Facts> => ({ done: true, state: succeeded?.(result) ?? {} }),
        failed: (error) => failed?.(error),
      }),
    cancel: ({ signal }: Context<Input, Facts>, native: Parameters<typeof pollTask>[2]) =>
      cancelTask(platform, native, signal),
    ...(undo && { undo }),
    ...(leftovers && { leftovers }),
  }
  if (lost === undefined) return { ...step, repeat: 'safe' }
  return {
    ...step,
    repeat: 'once',
    findCanBeWrong: lost.canBeWrong,
    async find(context): Promise<Found<TaskState & Facts>> {
      const known = stateOf(context.state)
      const mine = await newTaskOf(platform, vmOf(known).value, lost.task, known.before, context.signal)
      if (mine !== undefined) return { found: 'running', task: mine }
      return (await lost.find?.(context)) ?? { found: 'absent' }
    },
  }
}

/** Our own part of a state with more in it. */
export function stateOf(state: unknown): Readonly<Partial<TaskState>> {
  return state as Readonly<Partial<TaskState>>
}

/** Sealing leaves references as they are; the compiler cannot see it through a type parameter. */
function refOf(input: unknown): VmRef {
  return (input as { readonly ref: VmRef }).ref
}

/** The VM as it is now, for operations that give it. */
export function infoResult(platform: Platform) {
  return ({ state, signal }: { readonly state: unknown; readonly signal: AbortSignal }): Promise<VmInfo> =>
    resultOf(platform, stateOf(state), signal)
}
