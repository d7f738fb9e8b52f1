import type { OperationInputs } from '../adapter.js'
import { HypervisorError } from '../errors/hypervisor-error.js'
import type { Json } from '../json.js'
import type { MutationOptions, ResumeOptions } from '../port.js'
import { requestCancel } from './cancel.js'
import { assertHandle } from './check-handle.js'
import { contextOf } from './context.js'
import { definitionIn } from './definition-in.js'
import { deriveMarker } from './derive-marker.js'
import { type Advanced, advanceHandle } from './engine.js'
import { cleanUpReport, failureOf } from './failure.js'
import { fitHandle } from './fit-handle.js'
import type { OperationHandle, OperationKind, OperationResults } from './handle.js'
import { clockOf, type EngineHost, type OperationsHost } from './host.js'
import { formatMarker } from './marker.js'
import type { Advance, Operation } from './operation.js'
import { runningOperation } from './running-operation.js'
import { canonicalJson, type InlineSecrets, revealer, seal } from './seal.js'
import { type AnyDefinition, currentStep, cursorAt } from './track.js'

export type { OperationsHost } from './host.js'

/** Room for what steps learn: a new handle may be this long at most, and stays below 4 KiB. */
const longestNewHandle = 2800

type StartKind = keyof OperationInputs

/** What they make carries a marker, by which it is made once. */
const creating: ReadonlySet<OperationKind> = new Set<OperationKind>(['createVm', 'clone.clone'])

/** Starts, resumes and advances the operations of one endpoint. Everything here throws HypervisorError. */
export interface Operations {
  /** Runs until the first mutation is accepted, or waits in a lane, or everything is done. */
  start<K extends StartKind>(
    kind: K,
    input: OperationInputs[K],
    options: MutationOptions & { readonly idempotencyKey?: string },
    signal: AbortSignal,
  ): Promise<Operation<K>>
  resume<K extends OperationKind>(handle: OperationHandle<K>, options: ResumeOptions): Promise<Operation<K>>
  advance<K extends OperationKind>(
    handle: OperationHandle<K>,
    options: ResumeOptions,
    signal: AbortSignal,
  ): Promise<Advance<K>>
}

export function createOperations(host: OperationsHost): Operations {
  let identity: Promise<string> | undefined

  function platformIdentity(signal: AbortSignal): Promise<string> {
    identity ??= host.adapter.platformIdentity({ signal }).catch((error: unknown) => {
      identity = undefined
      throw error
    })
    return identity
  }

  function definitionOf(handle: OperationHandle): AnyDefinition {
    const kind = handle.kind === 'cleanUp' ? handle.of : handle.kind
    if (kind === undefined) throw new TypeError('a clean-up handle names the kind it cleans up')
    return definitionIn(host.adapter, kind)
  }

  /** The endpoint's clock is known once it has answered; deadlines and ages must not be taken from ours before. */
  async function learnClock(signal: AbortSignal): Promise<void> {
    if (host.adapter.now) await platformIdentity(signal)
  }

  /** `keep` is told what is known to have happened, also when storing it fails. */
  function engineHost(
    options: MutationOptions,
    secrets: InlineSecrets,
    signal: AbortSignal,
    keep: (handle: OperationHandle) => void = () => {},
  ): EngineHost {
    return {
      adapter: host.adapter,
      limiter: host.limiter,
      signal,
      emit: host.emit,
      reveal: revealer(secrets, host.secrets, signal),
      async checkpoint(handle) {
        const next = fitHandle({ ...handle, revision: handle.revision + 1 })
        keep(handle)
        if (options.store && !(await options.store.save(next))) {
          const message = 'another runner has taken this operation further; load its newest handle from the store'
          throw new HypervisorError('CONFLICT', message, { details: { reason: 'other-runner' }, retryable: true })
        }
        keep(next)
        await options.onCheckpoint?.(next)
        return next
      },
    }
  }

  async function advanceOnce<K extends OperationKind>(
    handle: OperationHandle<K>,
    engine: EngineHost,
  ): Promise<Advance<K>> {
    const definition = definitionOf(handle)
    await learnClock(engine.signal)
    return describe(definition, await advanceHandle(definition, handle, engine), engine)
  }

  function operationOf<K extends OperationKind>(
    handle: OperationHandle<K>,
    options: MutationOptions,
    secrets: InlineSecrets,
  ): Operation<K> {
    return runningOperation(handle, {
      advance: (current, signal, keep) => advanceOnce(current, engineHost(options, secrets, signal, keep)),
      requestCancel: (current, signal, keep) =>
        requestCancel(definitionOf(current), current, engineHost(options, secrets, signal, keep)),
    })
  }

  return {
    async start(kind, input, options, signal) {
      const { sealed, secrets } = seal(input, host.digestKey)
      await learnClock(signal)
      const handle = await newHandle(host, kind, sealed as Json, options, () => platformIdentity(signal))
      const engine = engineHost(options, secrets, signal)
      const definition = definitionOf(handle)
      let current = handle
      for (;;) {
        const reading = current.phase === 'forward' && currentStep(definition, current).repeat === 'read'
        const advanced = await advanceHandle(definition, current, engine)
        current = advanced.handle
        // Before the first write a caller is better served by the error than by an operation that retries reading.
        if (reading && advanced.error) throw advanced.error
        const error = failureOf(current)
        const untouched = current.applied.length === 0 && !current.removed && !current.stuck
        if (error && untouched) throw HypervisorError.fromJSON(error)
        const waits = advanced.retryAfterMs > 0 && (reading || current.revision === 0)
        if (waits) current = await engine.checkpoint(current)
        else if (reading && current.phase !== 'ended') continue
        return operationOf(current, options, secrets)
      }
    },
    async resume(handle, options) {
      assertHandle(handle, host)
      const newest = (await options.store?.load(handle.id)) ?? handle
      if (newest !== handle) assertHandle(newest, host)
      definitionOf(newest)
      // A stored handle of one id is always of one kind.
      return operationOf(newest as typeof handle, options, await secretsOf(handle, options))
    },
    async advance(handle, options, signal) {
      assertHandle(handle, host)
      return advanceOnce(handle, engineHost(options, await secretsOf(handle, options), signal))
    },
  }

  async function secretsOf(handle: OperationHandle, options: ResumeOptions): Promise<InlineSecrets> {
    const { spec, input = spec && { spec } } = options
    if (input === undefined) return new Map()
    const { sealed, secrets } = seal(input, host.digestKey)
    if (canonicalJson(sealed as Json) === canonicalJson(handle.input)) return secrets
    const path = spec ? 'spec' : 'input'
    const message = `the ${spec ? 'specification' : 'input'} given is not the one this operation was started with`
    const problems = [{ path, message }]
    throw new HypervisorError('INVALID_ARGUMENT', message, { details: { problems } })
  }
}

async function newHandle<K extends StartKind>(
  host: OperationsHost,
  kind: K,
  input: Json,
  options: MutationOptions & { readonly idempotencyKey?: string },
  platformIdentity: () => Promise<string>,
): Promise<OperationHandle<K>> {
  const id = crypto.randomUUID()
  const first = definitionIn(host.adapter, kind).steps[0]
  if (!first) throw new TypeError(`the adapter has no steps for ${kind}`)
  const marker = creating.has(kind)
    ? deriveMarker({
        tenant: host.tenant,
        platformIdentity: await platformIdentity(),
        idempotencyKey: options.idempotencyKey ?? id,
        spec: canonicalJson(input),
      })
    : undefined
  const startedAt = clockOf(host.adapter)
  const handle: OperationHandle<K> = {
    version: 1,
    id,
    kind,
    endpoint: host.endpoint,
    type: host.type,
    ...(options.actor !== undefined && { actor: options.actor }),
    createdAt: new Date().toISOString(),
    startedAt,
    ...(options.deadlineMs !== undefined && { deadlineAt: startedAt + options.deadlineMs }),
    ...(marker && { marker: formatMarker(marker) }),
    revision: 0,
    input,
    state: {},
    phase: 'forward',
    cursor: cursorAt(first.name),
    applied: [],
    fraction: 0,
    warnings: [],
  }
  const size = Buffer.byteLength(JSON.stringify(handle))
  if (size <= longestNewHandle) return handle
  const message = `the specification is ${size - longestNewHandle} bytes too long to be carried by an operation handle; give long texts as { secretRef } or { secretValue }, or shorten descriptions and keys`
  throw new HypervisorError('INVALID_ARGUMENT', message, { details: { problems: [{ path: 'spec', message }] } })
}

/** The answer to one advance, with the result read when the operation has succeeded. */
async function describe<K extends OperationKind>(
  definition: AnyDefinition,
  advanced: Advanced<K>,
  engine: EngineHost,
): Promise<Advance<K>> {
  const { handle, retryAfterMs, waitingFor } = advanced
  const waiting = waitingFor ?? advanced.error?.message
  const progress = {
    step: handle.cursor.step,
    phase: handle.phase,
    fraction: handle.fraction,
    ...(waiting !== undefined && { waitingFor: waiting }),
  }
  const { warnings } = handle
  if (handle.phase !== 'ended') return { handle, status: 'running', progress, retryAfterMs, warnings }
  const error = failureOf(handle)
  if (error) return { handle, status: 'failed', progress, warnings, error }
  const value =
    handle.kind === 'cleanUp'
      ? cleanUpReport(handle)
      : await engine.limiter.run(
          'reads',
          () => definition.result(contextOf(handle, handle.cursor, engine)),
          engine.signal,
        )
  // The definition of a kind gives the result of that kind.
  return { handle, status: 'succeeded', progress, warnings, value: value as OperationResults[K] }
}
