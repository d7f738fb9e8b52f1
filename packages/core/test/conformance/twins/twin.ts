import {
  type ErrorCode,
  err,
  type HypervisorAdapter,
  type HypervisorError,
  type HypervisorPort,
  type Operation,
  type OperationKind,
  type Result,
} from '@dcm/core'
import type { ConformanceHarness, ConnectRequest, RunOptions } from '@dcm/core/conformance/run'
import { type MemoryPlatform, remoteMemory } from '@dcm/core/memory'

/** A hypervisor that is good but for one thing, made to be caught. */
export interface Twin {
  readonly name: string
  /** What it does wrong, in one sentence. */
  readonly breaks: string
  /** The checks that exist to catch it. */
  readonly checks: readonly number[]
  /** Others of its group that notice it, too. */
  readonly also?: readonly number[]
  /** Called for each endpoint, so that what a twin remembers is of one endpoint. */
  make(): Fault
}

/** Where the fault sits; everything left out is good. */
export interface Fault {
  /** In the port that callers hold. */
  port?(
    port: HypervisorPort,
    about: { readonly request: ConnectRequest; readonly harness?: ConformanceHarness },
  ): HypervisorPort
  /** In the adapter below the engine. */
  adapter?(adapter: HypervisorAdapter): Partial<HypervisorAdapter>
  /** In the server. */
  send?(send: MemoryPlatform['send']): MemoryPlatform['send']
  /** In how ports are connected. */
  connect?(connect: ConformanceHarness['connect']): ConformanceHarness['connect']
}

/** Twins of one group of checks. */
export interface TwinGroup {
  readonly twins: readonly Twin[]
  /** The checks that each of them is put to. Slow ones are left to the twins that name them. */
  readonly tries: readonly number[]
}

/** What is run for each twin: its manifest is that of the in-memory hypervisor. */
export function optionsFor(twin: Twin, { tries }: TwinGroup): RunOptions {
  return { facets: remoteMemory.facets, only: [...new Set([...tries, ...twin.checks])], timeoutMs: 150_000 }
}

/** `good` with other members; the rest is read from `good` itself, getters too. */
export function but<T extends object>(good: T, changes: Partial<T>): T {
  return Object.defineProperties(Object.create(good) as T, Object.getOwnPropertyDescriptors(changes))
}

/** The answer with its error, if it has one of that code, replaced. */
export function blur<T>(
  answer: Result<T>,
  code: ErrorCode,
  replace: (error: HypervisorError) => HypervisorError,
): Result<T> {
  return !answer.ok && answer.error.code === code ? err(replace(answer.error)) : answer
}

/** The answer with its operation, if there is one, replaced. */
export function operated<K extends OperationKind>(
  answer: Result<Operation<K>>,
  changes: (operation: Operation<K>) => Partial<Operation<K>>,
): Result<Operation<K>> {
  return answer.ok ? { ok: true, value: but(answer.value, changes(answer.value)) } : answer
}
