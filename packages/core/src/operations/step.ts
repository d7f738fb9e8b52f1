import type { Json } from '../json.js'
import type { ResourceKind } from '../model/references.js'
import type { Secret } from '../secrets/secret.js'
import type { Marker } from './marker.js'
import type { Sealed, SealedSecret } from './seal.js'

/** Something an operation made and could not remove. */
export interface Leftover {
  readonly kind: ResourceKind | 'vm' | 'volume' | 'file' | 'folder' | 'draft' | 'job'
  /** The platform's id; of a VM and of a resource the one that the port knows it by. */
  readonly id: string
  readonly name?: string
}

/** What a step is told. Everything in it but the functions comes from the handle, so any process can run any step. */
export interface StepContext<Input, State> {
  /** The resolved input of the operation. Inline secrets stand in it as digests; `reveal` gives their values. */
  readonly input: Sealed<Input>
  /** Facts that earlier steps learned, kept in the handle. */
  readonly state: Readonly<Partial<State>>
  /** The marker to stamp, for operations that create. */
  readonly marker: Marker | undefined
  /** Which repetition of a repeated step this is, from 0. */
  readonly index: number
  /** How often this step was begun before, in this repetition. */
  readonly tries: number
  /** The operation's start, on the endpoint's clock, in epoch milliseconds. */
  readonly startedAt: number
  /** When this step was begun, on the endpoint's clock, in epoch milliseconds. */
  readonly begunAt: number
  readonly signal: AbortSignal
  /** The endpoint's clock now, in epoch milliseconds. */
  now(): number
  /** The value of a secret of the input. Rejects with FAILED_PRECONDITION when an inline one must be given again. */
  reveal(secret: SealedSecret): Promise<Secret>
}

/** The native call was answered and nothing is left to wait for. */
export interface StepDone<State> {
  readonly done: true
  readonly state?: Partial<State>
  readonly warnings?: readonly string[]
  /** Steps whose effects are gone again: undo leaves them alone. */
  readonly forget?: readonly string[]
}

/** The platform works on it; `poll` gets `task` until it is done. `null` where only a condition can be watched. */
export interface StepAccepted<State> {
  readonly task: Json
  readonly state?: Partial<State>
  readonly retryAfterMs?: number
}

/** Nothing was sent: a lane at the endpoint is full, or another's work must end first. */
export interface StepBusy {
  readonly busy: string
  readonly retryAfterMs: number
}

/** Go on at another step: back after a collision, forward when work was found done already, or an own timer ran out. */
export interface StepJump<State> {
  readonly goTo: string
  readonly state?: Partial<State>
  readonly warnings?: readonly string[]
  /** Steps whose effects are gone again: undo leaves them alone. */
  readonly forget?: readonly string[]
}

export type Begun<State> = StepDone<State> | StepAccepted<State> | StepBusy | StepJump<State>

/** The platform still works. */
export interface StepRunning<State> {
  readonly running: true
  /** How much of this step is done, 0 to 1. */
  readonly fraction?: number
  readonly retryAfterMs?: number
  /** A small memory between polls. */
  readonly state?: Partial<State>
  /** Why it waits, where a person can do something about it. */
  readonly waitingFor?: string
}

/** The native task cannot be found any more: `find` (or a repeated `begin`) decides by condition. */
export interface StepVanished {
  readonly vanished: true
}

export type Polled<State> = StepRunning<State> | StepDone<State> | StepJump<State> | StepVanished

/** What became of a begin whose answer was lost. */
export type Found<State> =
  /** Surely not done: begin again. */
  | { readonly found: 'absent' }
  /** Done, by us. `weak`: only circumstances say so, so undo lists it as a leftover instead of destroying it. */
  | {
      readonly found: 'mine'
      readonly weak?: true
      readonly state?: Partial<State>
      readonly warnings?: readonly string[]
    }
  /** Being done, by us. */
  | { readonly found: 'running'; readonly task: Json; readonly state?: Partial<State> }
  /** Somebody else's work stands in our way: go on at `goTo`, or fail. */
  | { readonly found: 'foreign'; readonly goTo?: string; readonly state?: Partial<State>; readonly reason?: string }
  /** Not knowable yet. */
  | { readonly found: 'undecided'; readonly retryAfterMs: number }
  /** A declared loss: begin anew at `goTo`; at most `leftovers` stay behind, and are reported. */
  | { readonly found: 'lost'; readonly goTo: string; readonly leftovers: readonly Leftover[] }
  /** Not knowable ever, and not to be sent again: the operation fails with outcome `unknown`. */
  | { readonly found: 'unknowable'; readonly reason: string }

/** How a step may be repeated when its answer was lost. */
export type Repeat =
  /** It changes nothing. */
  | 'read'
  /** Doing it twice is the same as doing it once. */
  | 'safe'
  /** Only `find` decides. */
  | 'once'

interface StepBase<Input, State> {
  readonly name: string
  /**
   * Steps of one scope share a session of the platform: in a new session the operation goes back to the first of them.
   */
  readonly scope?: string
  /** Attempts in a row before a retryable refusal of `begin` becomes the operation's failure. Default 8. */
  readonly maxTries?: number
  /** How long `find` may stay undecided, in milliseconds, before the operation fails with outcome unknown. Default 600,000. */
  readonly undecidedMs?: number
  /** Share of the progress, default 1 for mutations and 0 for reads. */
  readonly weight?: number
  /** How many repetitions, default 1; 0 leaves the step out. */
  times?(context: StepContext<Input, State>): number
  /**
   * What `begin` would have to wait for, by a look that changes nothing: a full lane, another's lock. Asked before the
   * intent is stored, so that waiting costs no store write. `begin` may still answer `busy`.
   */
  blockedBy?(context: StepContext<Input, State>): Promise<StepBusy | undefined>
  /** Issues the native call. */
  begin(context: StepContext<Input, State>): Promise<Begun<State>>
  /** Looks at the native task, or at the condition waited for. Needed when `begin` can answer with a task. */
  poll?(context: StepContext<Input, State>, task: Json): Promise<Polled<State>>
  /** Asks the platform to stop the native task; false when it cannot be stopped. */
  cancel?(context: StepContext<Input, State>, task: Json): Promise<boolean>
  /** Takes back what this step did, in this order: steps themselves, since destroying is long work too. */
  readonly undo?: readonly Step<Input, State>[]
  /** What is left when the undo fails. */
  leftovers?(context: StepContext<Input, State>): readonly Leftover[]
}

/** One named step of an operation. */
export type Step<Input, State> =
  | (StepBase<Input, State> & { readonly repeat: 'read' | 'safe' })
  | (StepBase<Input, State> & {
      readonly repeat: 'once'
      /** What became of an earlier begin, looked up by marker or claim. */
      find(context: StepContext<Input, State>): Promise<Found<State>>
      /** One way in which `find` can be wrong, in a sentence. There always is one; knowing it is part of the design. */
      readonly findCanBeWrong: string
    })

/** An operation as an adapter describes it. */
export interface OperationDefinition<Input, State, Output> {
  readonly steps: readonly Step<Input, State>[]
  /** Run after success and failure alike, in order, best effort: drop a draft, delete a job. */
  readonly always?: readonly Step<Input, State>[]
  /** Reads the result when all steps are done. */
  result(context: StepContext<Input, State>): Promise<Output>
}

/**
 * A definition whose state only its own adapter knows. To everybody else it is some JSON, which TypeScript has no word for:
 * each state must fit here, and `JsonObject` refuses those that are interfaces.
 */
// biome-ignore lint/suspicious/noExplicitAny: see above
export type AnyOperationDefinition<Input, Output> = OperationDefinition<Input, any, Output>
