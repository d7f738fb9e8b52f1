import { HypervisorError } from '../../errors/hypervisor-error.js'
import type { VmRef } from '../../model/references.js'
import type { Begun, Polled, Step } from '../../operations/step.js'
import type { NativeCall } from '../platform/native-calls.js'
import type { NativeVm } from '../platform/native-types.js'
import { type Connection, isRefusal } from './connection.js'
import { accepted, pollTask } from './steps.js'

/** What operations on a VM pin when they are planned. */
export interface VmState {
  readonly id: string
  /** Of the VM that was there when it was planned: another one is never touched. */
  readonly generation: string
  /** How often it had booted by then. */
  readonly boots: number
  /** Nothing is left to do. */
  readonly settled: boolean
}

export type Target = { readonly id: string; readonly generation?: string }

export function targetOf(state: {
  readonly id?: string | undefined
  readonly generation?: string | undefined
}): Target {
  return { id: state.id ?? '', ...(state.generation !== undefined && { generation: state.generation }) }
}

/** The VM that an operation's input means: sealing leaves references to VMs as they are. */
export function refOf(input: unknown): VmRef {
  return (input as { readonly ref: VmRef }).ref
}

/** The VM of a ref, live; NOT_FOUND for templates. */
export async function lookAt(connection: Connection, ref: VmRef, signal: AbortSignal): Promise<NativeVm> {
  const generation = ref.incarnation === undefined ? {} : { generation: ref.incarnation }
  const vm = await connection.call('vm.read', { id: ref.id, ...generation }, signal)
  if (!vm.template) return vm
  throw new HypervisorError('NOT_FOUND', `'${ref.id}' is a template, not a VM`, {
    endpoint: connection.endpoint,
    resource: ref.id,
    details: { missing: [{ kind: 'vm', reference: { id: ref.id } }] },
  })
}

/** Refuses a VM that somebody else works on: CONFLICT, naming the lock. */
export function assertUnlocked(vm: NativeVm, endpoint: string): void {
  if (vm.lock === undefined) return
  throw new HypervisorError('CONFLICT', `VM '${vm.id}' is locked (${vm.lock}); wait until the lock is gone`, {
    endpoint,
    resource: vm.id,
    retryable: true,
    details: { reason: 'locked', lock: vm.lock },
  })
}

/** NOT_FOUND for a part of a VM. */
export function missing(message: string, endpoint: string): HypervisorError {
  return new HypervisorError('NOT_FOUND', message, { endpoint, details: { missing: [] } })
}

export function wrongState(vm: NativeVm, remedy: string, endpoint: string, reason?: string): HypervisorError {
  return new HypervisorError('FAILED_PRECONDITION', `VM '${vm.id}' is ${vm.state}: ${remedy}`, {
    endpoint,
    resource: vm.id,
    ...(reason !== undefined && { details: { reason } }),
  })
}

/** A power change that may be sent twice: a VM that is in the wrong state for it has seen it already. */
export function powerStep<Input, State extends VmState>(
  connection: Connection,
  name: string,
  call: Extract<NativeCall, 'vm.start' | 'vm.thaw' | 'vm.halt'>,
  times: NonNullable<Step<Input, State>['times']>,
): Step<Input, State> {
  return {
    name,
    repeat: 'safe',
    times,
    async begin({ state, signal }): Promise<Begun<State>> {
      try {
        return accepted(connection, await connection.call(call, targetOf(state), signal))
      } catch (reason) {
        if (isRefusal(reason, 'WRONG_STATE')) return { done: true }
        throw reason
      }
    },
    poll: ({ state }, task) => pollTask(connection, task, state.id),
  }
}

/** It runs, by a boot that was not there when the operation was planned: waiting for it to end would wait for ever. */
export function startedSince(vm: NativeVm, { boots = 0 }: { readonly boots?: number | undefined }): boolean {
  return vm.state === 'UP' && vm.boots > boots
}

/** Waits until the VM is as wanted. */
export function condition<Input, State extends VmState>(
  connection: Connection,
  name: string,
  times: NonNullable<Step<Input, State>['times']>,
  judge: (vm: NativeVm, context: Parameters<NonNullable<Step<Input, State>['poll']>>[0]) => Polled<State> | 'waiting',
): Step<Input, State> {
  return {
    name,
    repeat: 'read',
    times,
    begin: async () => ({ task: null, retryAfterMs: 0 }),
    async poll(context): Promise<Polled<State>> {
      const vm = await connection.call('vm.read', targetOf(context.state), context.signal)
      const verdict = judge(vm, context)
      return verdict === 'waiting' ? { running: true, retryAfterMs: connection.client.pollMs() } : verdict
    },
  }
}
