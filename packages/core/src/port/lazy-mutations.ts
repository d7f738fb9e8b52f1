import type { AnyPlugin } from '../plugin.js'
import type { HypervisorPort } from '../port.js'

/** The methods that change something. */
export type Mutations<P extends AnyPlugin> = Pick<
  HypervisorPort<P>,
  | 'createVm'
  | 'startVm'
  | 'stopVm'
  | 'restartVm'
  | 'deleteVm'
  | 'resumeOperation'
  | 'advanceOperation'
  | 'advanceOperations'
>

/** The same methods, loaded with the operation engine when one is first called: who only reads never loads them. */
export function lazyMutations<P extends AnyPlugin>(load: () => Promise<Mutations<P>>): Mutations<P> {
  let loaded: Promise<Mutations<P>> | undefined
  const get = (): Promise<Mutations<P>> => {
    loaded ??= load()
    return loaded
  }
  return {
    createVm: async (spec, options) => (await get()).createVm(spec, options),
    startVm: async (ref, options) => (await get()).startVm(ref, options),
    stopVm: async (ref, options) => (await get()).stopVm(ref, options),
    restartVm: async (ref, options) => (await get()).restartVm(ref, options),
    deleteVm: async (ref, options) => (await get()).deleteVm(ref, options),
    resumeOperation: async (handle, options) => (await get()).resumeOperation(handle, options),
    advanceOperation: async (handle, options) => (await get()).advanceOperation(handle, options),
    advanceOperations: async (handles, options) => (await get()).advanceOperations(handles, options),
  }
}
