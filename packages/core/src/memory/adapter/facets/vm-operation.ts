import type { VmRef } from '../../../model/references.js'
import type { VmInfo } from '../../../model/vm.js'
import type { Sealed } from '../../../operations/seal.js'
import type { AnyOperationDefinition } from '../../../operations/step.js'
import type { NativeVm } from '../../platform/native-types.js'
import type { Connection } from '../connection.js'
import { infoOf, pinned } from '../power.js'
import { assertUnlocked, lookAt, refOf, type VmState } from '../vm-state.js'
import { type NativeOperation, nativeOperation } from './native-operation.js'

type WithRef = { readonly ref: VmRef }

/** One native call on a VM, which is the same when it is sent twice. */
export interface VmOperation<Input extends WithRef, Facts extends object, Output>
  extends Pick<NativeOperation<Input, VmState & Facts, Output>, 'send' | 'judge' | 'result'> {
  /** Looks and resolves, before anything is sent. What it gives is kept in the handle. */
  plan(vm: NativeVm, input: Sealed<Input>, signal: AbortSignal): Promise<Facts> | Facts
  /** True when nothing is left to do. */
  isDone?(vm: NativeVm, input: Sealed<Input>): boolean
}

/** The same as `nativeOperation` on the VM of the input's `ref`, which nobody else works on. */
export function vmOperation<Input extends WithRef, Facts extends object, Output>(
  connection: Connection,
  { plan, isDone = () => false, ...rest }: VmOperation<Input, Facts, Output>,
): AnyOperationDefinition<Input, Output> {
  return nativeOperation<Input, VmState & Facts, Output>(connection, {
    async plan(input, signal) {
      const vm = await lookAt(connection, refOf(input), signal)
      const settled = isDone(vm, input)
      if (!settled) assertUnlocked(vm, connection.endpoint)
      const facts = await plan(vm, input, signal)
      return { ...facts, ...pinned(vm), settled }
    },
    ...rest,
  })
}

/** The VM as it is now, for operations that give it. */
export function infoResult(connection: Connection) {
  return ({ state, signal }: { readonly state: Partial<VmState>; readonly signal: AbortSignal }): Promise<VmInfo> =>
    infoOf(connection, state, signal)
}
