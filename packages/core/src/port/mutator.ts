import type { OperationInputs } from '../adapter.js'
import { type Auditor, createAuditor } from '../observe/auditor.js'
import { publishStep } from '../observe/channels.js'
import type { OperationHandle } from '../operations/handle.js'
import type { Operation } from '../operations/operation.js'
import { createOperations, type Operations } from '../operations/operations.js'
import type { AnyPlugin } from '../plugin.js'
import type { MutationOptions } from '../port.js'
import { ok, type Result } from '../result.js'
import { mayHaveChanged, withCheckpoints } from './checkpoints.js'
import { guardOperation } from './guard-operation.js'
import type { PortBase } from './parts.js'

export type StartKind = keyof OperationInputs

/** The input of an operation once it was checked, and what the audit is to say of it. */
export interface Prepared<K extends StartKind> {
  readonly input: OperationInputs[K]
  readonly target: string
  readonly parameters: unknown
}

/** What all changes of a port go through, be they its own verbs or a facet's. */
export interface Mutator {
  readonly auditor: Auditor
  readonly operations: Operations
  /** Audits the attempt, prepares the input, and starts the operation. */
  mutate<K extends StartKind>(
    kind: K,
    options: MutationOptions & { readonly idempotencyKey?: string },
    prepare: (signal: AbortSignal) => Promise<Prepared<K>>,
  ): Promise<Result<Operation<K>>>
}

export function createMutator<P extends AnyPlugin>(base: PortBase<P>): Mutator {
  const { adapter, call, endpoint, limiter, plugin, secrets, tenant, closing } = base
  const auditor = createAuditor(base.source, base.publish)
  const operations = createOperations({
    adapter,
    endpoint,
    type: plugin.type,
    tenant,
    limiter,
    secrets,
    ...(base.digestKey !== undefined && { digestKey: base.digestKey }),
    emit(event) {
      publishStep(base.source, event)
      auditor.step(event)
    },
  })

  return {
    auditor,
    operations,
    async mutate<K extends StartKind>(
      kind: K,
      options: MutationOptions & { readonly idempotencyKey?: string },
      prepare: (signal: AbortSignal) => Promise<Prepared<K>>,
    ): Promise<Result<Operation<K>>> {
      const attempt = auditor.attempt(kind, options.actor)
      let newest: OperationHandle | undefined
      const checkpointed = withCheckpoints(options, (handle) => {
        attempt.started(handle.id)
        newest = handle
      })
      const started = await call(
        kind,
        options,
        async (signal) => {
          const { input, target, parameters } = await prepare(signal)
          attempt.about(target, parameters)
          return operations.start(kind, input, checkpointed, signal)
        },
        () => mayHaveChanged(newest),
      )
      if (!started.ok) {
        attempt.refused(started.error)
        return started
      }
      attempt.accepted(started.value.id)
      return ok(guardOperation(started.value, endpoint, closing))
    },
  }
}
