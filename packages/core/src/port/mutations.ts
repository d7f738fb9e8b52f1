import { HypervisorError } from '../errors/hypervisor-error.js'
import type { FacetOperationKind } from '../model/facets/facets.js'
import type { VmRef } from '../model/references.js'
import type { OperationHandle, OperationKind } from '../operations/handle.js'
import type { Operation } from '../operations/operation.js'
import type { AnyPlugin } from '../plugin.js'
import type { MutationOptions, ResumeOptions } from '../port.js'
import { err, ok, type Result } from '../result.js'
import type { Abilities } from './abilities.js'
import { checkRef } from './check-input.js'
import {
  checkCreateOptions,
  checkDeleteOptions,
  checkOptionNames,
  checkRestartOptions,
  checkStopOptions,
} from './check-options.js'
import { mayHaveChanged, withCheckpoints } from './checkpoints.js'
import { guardOperation } from './guard-operation.js'
import type { Mutations } from './lazy-mutations.js'
import type { Mutator, Prepared, StartKind } from './mutator.js'
import type { PortBase } from './parts.js'

let loadedChecks: Promise<typeof import('./check-spec.js')> | undefined

/** Loaded by the first specification; an import of what is loaded already is not for nothing either. */
function specChecks(): Promise<typeof import('./check-spec.js')> {
  loadedChecks ??= import('./check-spec.js')
  return loadedChecks
}

/** The methods that change something: input checks and results around what all changes go through. */
export function createMutations<P extends AnyPlugin>(
  base: PortBase<P>,
  abilities: Abilities<P>,
  { auditor, mutate, operations }: Mutator,
): Mutations<P> {
  const { call, endpoint, plugin, closing } = base

  function mutateVm<K extends Exclude<StartKind, 'createVm' | FacetOperationKind>>(
    kind: K,
    ref: VmRef,
    options: MutationOptions,
    complete: (ref: VmRef, signal: AbortSignal) => Promise<Omit<Prepared<K>, 'target'>>,
  ): Promise<Result<Operation<K>>> {
    return mutate(kind, options, async (signal) => {
      const checked = checkRef(ref, endpoint)
      return { ...(await complete(checked, signal)), target: checked.id }
    })
  }

  /** Resume options with their specification checked again and their checkpoints guarded. */
  async function resumable(
    options: ResumeOptions<P>,
    seen: (handle: OperationHandle) => void = () => {},
  ): Promise<ResumeOptions> {
    const { spec, ...rest } = options
    const guarded = withCheckpoints<ResumeOptions>(rest, seen)
    if (spec === undefined) return guarded
    const { checkSpec } = await specChecks()
    return { ...guarded, spec: await checkSpec(spec, plugin) }
  }

  const advanceOperation: Mutations<P>['advanceOperation'] = (handle, options = {}) => {
    let newest: OperationHandle | undefined
    return call(
      'advanceOperation',
      options,
      async (signal) => {
        const guarded = await resumable(options, (seen) => {
          newest = seen
        })
        const advance = operations.advance(handle, guarded, signal)
        if (isHandle(handle)) auditor.know(handle)
        return advance
      },
      () => mayHaveChanged(newest),
    )
  }

  return {
    createVm: (spec, options = {}) =>
      mutate('createVm', options, async (signal) => {
        checkCreateOptions(options)
        const { checkSpec, checkAgainstCapabilities } = await specChecks()
        const checked = await checkSpec(spec, plugin)
        checkAgainstCapabilities(checked, await abilities.recent(signal))
        return { input: { spec: checked }, target: checked.name, parameters: checked }
      }),
    startVm: (ref, options = {}) =>
      mutateVm('startVm', ref, options, async (checked) => {
        checkOptionNames(options)
        return { input: { ref: checked }, parameters: {} }
      }),
    stopVm: (ref, options = {}) =>
      mutateVm('stopVm', ref, options, async (checked) => {
        const complete = checkStopOptions(options)
        return { input: { ref: checked, options: complete }, parameters: complete }
      }),
    restartVm: (ref, options = {}) =>
      mutateVm('restartVm', ref, options, async (checked) => {
        const complete = checkRestartOptions(options)
        return { input: { ref: checked, options: complete }, parameters: complete }
      }),
    deleteVm: (ref, options = {}) =>
      mutateVm('deleteVm', ref, options, async (checked, signal) => {
        const complete = checkDeleteOptions(options)
        if (complete.disks === 'keep' && !(await abilities.recent(signal)).keepDisks) throw cannotKeepDisks()
        return { input: { ref: checked, options: complete }, parameters: complete }
      }),
    async resumeOperation<K extends OperationKind>(handle: OperationHandle<K>, options: ResumeOptions<P> = {}) {
      const resumed = await call('resumeOperation', options, async () => {
        const operation = await operations.resume(handle, await resumable(options))
        auditor.know(operation.handle)
        return operation
      })
      return resumed.ok ? ok(guardOperation(resumed.value, endpoint, closing)) : err(resumed.error)
    },
    advanceOperation,
    advanceOperations: (handles, options) =>
      Promise.all(handles.map((handle) => advanceOperation(handle, options ?? {}))),
  }
}

function isHandle(value: OperationHandle): boolean {
  return typeof value === 'object' && value !== null && typeof value.id === 'string' && 'input' in value
}

function cannotKeepDisks(): HypervisorError {
  const message = "disks cannot be kept on this endpoint: delete with disks: 'delete', or move them to another VM first"
  return new HypervisorError('UNSUPPORTED', message, { details: { feature: 'keepDisks' } })
}
