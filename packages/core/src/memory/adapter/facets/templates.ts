import type { AdapterFacetOf } from '../../../model/facets/facets.js'
import type { Reference } from '../../../model/references.js'
import type { NativeVm } from '../../platform/native-types.js'
import type { Connection } from '../connection.js'
import { isRefusal } from '../connection.js'
import { mapTemplate } from '../map-resources.js'
import { pinned } from '../power.js'
import { readVm } from '../steps.js'
import { assertUnlocked, refOf, targetOf, wrongState } from '../vm-state.js'
import { nativeOperation, type Planned } from './native-operation.js'
import { findAmong, resolveAmong } from './resolve.js'
import { infoResult } from './vm-operation.js'

/** What a removal remembers of a template that cannot be read any more once it is gone. */
interface DeletePlan extends Planned {
  readonly generation?: string
  readonly removed: readonly string[]
}

/** A template is a VM with a flag here, so its id stays when it changes sides. */
export function templatesFacet(connection: Connection, site: string): AdapterFacetOf<'templates'> {
  const { endpoint } = connection
  const templates = async (signal: AbortSignal): Promise<readonly NativeVm[]> =>
    (await connection.call('inventory', {}, signal)).templates
  const candidatesOf = (all: readonly NativeVm[]) =>
    all.map(({ id, name, host }) => ({ id, name, within: [host, site] }))
  const target = { path: 'template', kind: 'template' } as const

  /** A VM that was a template until lately: its id says what was meant. */
  const alreadyVm = async (reference: Reference, signal: AbortSignal): Promise<NativeVm | undefined> => {
    const vm = 'id' in reference ? await readVm(connection, reference, signal) : undefined
    return vm?.template ? undefined : vm
  }

  return {
    fromVm: nativeOperation(connection, {
      async plan(input, signal) {
        const { id, incarnation } = refOf(input)
        const vm = await connection.call('vm.read', targetOf({ id, generation: incarnation }), signal)
        if (vm.template) return { ...pinned(vm), settled: true }
        assertUnlocked(vm, endpoint)
        if (vm.state === 'HALTED') return pinned(vm)
        throw wrongState(vm, 'stop it first: only a stopped VM can become a template', endpoint, 'not-stopped')
      },
      send: ({ state, signal }) => connection.call('vm.convert', { ...targetOf(state), template: true }, signal),
      async result({ state, signal }) {
        const vm = await connection.call('vm.read', targetOf(state), signal)
        return mapTemplate(vm, await connection.call('inventory', {}, signal), site)
      },
    }),
    toVm: nativeOperation(connection, {
      async plan({ template }, signal) {
        const vm = await alreadyVm(template, signal)
        if (vm) return { ...pinned(vm), settled: true }
        const all = await templates(signal)
        const id = resolveAmong(candidatesOf(all), template, target)
        return pinned(await connection.call('vm.read', { id }, signal))
      },
      send: ({ state, signal }) => connection.call('vm.convert', { ...targetOf(state), template: false }, signal),
      result: infoResult(connection),
    }),
    delete: nativeOperation(connection, {
      async plan({ template }, signal): Promise<DeletePlan> {
        const all = await templates(signal)
        const id = findAmong(candidatesOf(all), template, target)
        const vm = all.find((one) => one.id === id)
        if (!vm) return { settled: true, removed: [] }
        return { ...pinned(vm), removed: [vm.id, ...vm.disks.map(({ volume }) => volume)] }
      },
      async send({ state, signal }) {
        try {
          return await connection.call('template.drop', targetOf(state), signal)
        } catch (reason) {
          if (isRefusal(reason, 'NO_SUCH_VM', 'REPLACED')) return null
          throw reason
        }
      },
      result: async ({ state }) => ({ removed: state.removed ?? [], left: [] }),
    }),
  }
}
