import type { HypervisorAdapter } from '../../adapter.js'
import type { JsonObject } from '../../json.js'
import { createLimiter } from '../../limits/create-limiter.js'
import type { VmProvisionSpec } from '../../model/provision.js'
import type { MutationOptions, ResumeOptions } from '../../port.js'
import { Secret } from '../../secrets/secret.js'
import type { OperationHandle, OperationKind } from '../handle.js'
import type { StepEvent } from '../host.js'
import type { Advance } from '../operation.js'
import { createOperations, type Operations } from '../operations.js'
import type { Begun, Found, Polled, Step, StepBusy } from '../step.js'
import type { AnyStep } from '../track.js'

type State = JsonObject
type Context = Parameters<AnyStep['begin']>[0]

/** What a scripted step answers, call by call; the last answer is repeated. A function is called, an error thrown. */
type Script<T> = readonly (T | Error | ((context: Context) => T | Promise<T>))[]

export interface ScriptedStep {
  readonly repeat?: 'read' | 'safe' | 'once'
  readonly blockedBy?: Script<StepBusy | { readonly free: true }>
  readonly begin?: Script<Begun<State>>
  readonly poll?: Script<Polled<State>>
  readonly find?: Script<Found<State>>
  readonly cancel?: Script<boolean>
  readonly undo?: Readonly<Record<string, ScriptedStep>>
  readonly times?: (context: Context) => number
  readonly leftovers?: AnyStep['leftovers']
  readonly scope?: string
  readonly maxTries?: number
  readonly undecidedMs?: number
}

export interface Scripted {
  readonly operations: Operations
  /** Every call of a step's function: `create.begin`, `create[1].poll`, `create.undo.destroy.begin`. */
  readonly calls: string[]
  readonly events: StepEvent[]
  /** Every handle given to `onCheckpoint`. */
  readonly checkpoints: OperationHandle[]
  readonly endpoint: { clock: number; session: string | undefined }
  start(
    options?: MutationOptions & { readonly idempotencyKey?: string; readonly spec?: VmProvisionSpec },
  ): Promise<OperationHandle<'createVm'>>
  /** One advance of a handle that went through JSON first. */
  step<K extends OperationKind>(handle: OperationHandle<K>, options?: ResumeOptions): Promise<Advance<K>>
  /** Advances to the end, without sleeping. */
  finish<K extends OperationKind>(handle: OperationHandle<K>, options?: ResumeOptions): Promise<Advance<K>>
}

export const blankSpec: VmProvisionSpec = { name: 'web', source: { from: 'blank' } }
export const done: { readonly done: true } = { done: true }

/** An endpoint whose createVm has these steps, answering as scripted. */
export function scripted(
  steps: Readonly<Record<string, ScriptedStep>>,
  options: {
    readonly always?: Readonly<Record<string, ScriptedStep>>
    readonly digestKey?: string
    readonly result?: () => unknown
  } = {},
): Scripted {
  const calls: string[] = []
  const events: StepEvent[] = []
  const checkpoints: OperationHandle[] = []
  const endpoint: { clock: number; session: string | undefined } = { clock: 1_000_000, session: undefined }
  const definition = {
    steps: stepsOf(steps, '', calls),
    always: stepsOf(options.always ?? {}, '', calls),
    result: async () => (options.result ? options.result() : { name: 'web' }),
  }
  // The engine needs these members alone; a whole adapter would hide what is tested.
  const adapter = {
    platformIdentity: async () => 'scripted',
    now: () => endpoint.clock,
    sessionId: () => endpoint.session,
    operations: { createVm: definition },
  } as unknown as HypervisorAdapter
  const operations = createOperations({
    adapter,
    endpoint: 'test',
    type: 'scripted',
    tenant: 'tenant',
    limiter: createLimiter(),
    secrets: { resolve: async (reference) => new Secret(`value of ${reference}`) },
    emit: (event) => events.push(event),
    ...(options.digestKey !== undefined && { digestKey: options.digestKey }),
  })
  const never = new AbortController().signal
  const through = <T>(handle: T): T => JSON.parse(JSON.stringify(handle)) as T
  const onCheckpoint = (handle: OperationHandle) => void checkpoints.push(through(handle))

  async function step<K extends OperationKind>(
    handle: OperationHandle<K>,
    resume: ResumeOptions = {},
  ): Promise<Advance<K>> {
    return operations.advance(through(handle), { onCheckpoint, ...resume }, resume.signal ?? never)
  }

  return {
    operations,
    calls,
    events,
    checkpoints,
    endpoint,
    async start({ spec = blankSpec, ...start } = {}) {
      const operation = await operations.start('createVm', { spec }, { onCheckpoint, ...start }, start.signal ?? never)
      return operation.handle
    },
    step,
    async finish(handle, resume) {
      let advance = await step(handle, resume)
      for (let turn = 0; advance.status === 'running'; turn++) {
        if (turn > 300) throw new Error(`does not end: ${JSON.stringify(advance.handle.cursor)}`)
        advance = await step(advance.handle, resume)
      }
      return advance
    },
  }
}

function stepsOf(steps: Readonly<Record<string, ScriptedStep>>, prefix: string, calls: string[]): AnyStep[] {
  return Object.entries(steps).map(([name, script]) => stepOf(name, script, prefix, calls))
}

function stepOf(name: string, script: ScriptedStep, prefix: string, calls: string[]): AnyStep {
  const { repeat = 'once', times, scope, maxTries, undecidedMs, leftovers } = script
  function play<T>(verb: string, answers: Script<T>): (context: Context) => Promise<T> {
    let turn = 0
    return async (context) => {
      const at = context.index > 0 ? `[${context.index}]` : ''
      calls.push(`${prefix}${name}${at}.${verb}`)
      const answer = answers[Math.min(turn++, answers.length - 1)]
      if (answer instanceof Error) throw answer
      if (answer === undefined) throw new TypeError(`nothing scripted for ${name}.${verb}`)
      // Scripts hold answers or functions that give them; no answer is itself a function.
      return typeof answer === 'function' ? (answer as (context: Context) => T | Promise<T>)(context) : answer
    }
  }
  const look = script.blockedBy && play('blockedBy', script.blockedBy)
  const base = {
    name,
    ...(look && {
      blockedBy: async (context: Context) => {
        const answer = await look(context)
        return 'busy' in answer ? answer : undefined
      },
    }),
    begin: play<Begun<JsonObject>>('begin', script.begin ?? [done]),
    ...(script.poll && { poll: play('poll', script.poll) }),
    ...(script.cancel && { cancel: play('cancel', script.cancel) }),
    ...(script.undo && { undo: stepsOf(script.undo, `${prefix}${name}.undo.`, calls) }),
    ...(times && { times }),
    ...(leftovers && { leftovers }),
    ...(scope !== undefined && { scope }),
    ...(maxTries !== undefined && { maxTries }),
    ...(undecidedMs !== undefined && { undecidedMs }),
  }
  if (repeat !== 'once') return { ...base, repeat } satisfies Step<unknown, State>
  const find = play('find', script.find ?? [{ found: 'absent' } as const])
  return { ...base, repeat, find, findCanBeWrong: 'a script says what it is told' } satisfies Step<unknown, State>
}
