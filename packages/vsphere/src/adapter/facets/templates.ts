import {
  type AdapterFacetOf,
  collectProblems,
  type DeleteReport,
  HypervisorError,
  type OperationDefinition,
  type Reference,
  resolveReference,
  type Step,
  type Template,
  type VmInfo,
  type VmRef,
} from '@dcm/core'
import { reference } from '../../client/reference.js'
import { destroyStep } from '../destroy.js'
import { readInventory } from '../inventory.js'
import { itemIdOf, readItemId } from '../library/item-id.js'
import { resolveTemplate } from '../library/library-template.js'
import { findVm, isMeant, readVm, requireVm } from '../locate.js'
import { mapResources } from '../map-resources.js'
import { type DetailRow, filesOf, idOf, isDisk } from '../map-vm.js'
import type { Platform } from '../platform.js'
import { assertReachable, pinned, refused, resultOf, type VmState, vmOf } from '../power/power-state.js'

type TemplateState = VmState & {
  settled: boolean
  pool: string
  /** Item of a content library, by the service's id. */
  item: string
  removed: string[]
}
type TemplateInput = { readonly template: Reference }

/**
 * A template is a VM with a flag here, so its reference and its id stay when it changes sides, and either of them is
 * understood. Marking has no task: it is done when it is answered.
 */
export function templatesFacet(platform: Platform): AdapterFacetOf<'templates'> {
  const fromVm: OperationDefinition<{ readonly ref: VmRef }, TemplateState, Template> = {
    steps: [
      {
        name: 'plan',
        repeat: 'read',
        async begin({ input, signal }) {
          const ref = { ...input.ref }
          const there = await findVm(platform, ref, signal)
          if (there !== undefined && isMeant(there, ref) && isTemplate(there)) return settled(there)
          const row = await requireVm(platform, ref, signal)
          assertReachable(row)
          if (row['runtime.powerState'] === 'poweredOff') return { done: true, state: pinned(row) }
          throw refused(row, 'is not stopped, and only a stopped VM can become a template: stop it', 'not-stopped')
        },
      },
      markStep(platform, true, async ({ state, signal }) => {
        await platform.api.call(vmOf(state), 'MarkAsTemplate', undefined, { signal })
      }),
    ],
    result: ({ state, signal }) => readTemplate(platform, vmOf(state).value, signal),
  }
  const toVm: OperationDefinition<TemplateInput, TemplateState, VmInfo> = {
    steps: [
      {
        name: 'plan',
        repeat: 'read',
        async begin({ input, signal }) {
          const row = await requireTemplate(platform, input.template, signal)
          if (!isTemplate(row)) return settled(row)
          return { done: true, state: { ...pinned(row), pool: await poolOf(platform, row, signal) } }
        },
      },
      markStep(platform, false, async ({ state, signal }) => {
        const pool = reference('ResourcePool', state.pool ?? '')
        await platform.api.call(vmOf(state), 'MarkAsVirtualMachine', { pool }, { signal })
      }),
    ],
    result: ({ state, signal }) => resultOf(platform, state, signal),
  }
  const remove: OperationDefinition<TemplateInput, TemplateState, DeleteReport> = {
    steps: [
      {
        name: 'plan',
        repeat: 'read',
        async begin({ input, signal }) {
          const found = await findTemplate(platform, input.template, signal)
          if (found === undefined) return { done: true, state: { settled: true, removed: [] } }
          if (found.is === 'item') return { done: true, state: { item: found.id } }
          const { row } = found
          assertTemplate(row)
          await assertUnneeded(platform, row, signal)
          return { done: true, state: { ...pinned(row), removed: [row.ref.value, ...filesOf(row)] } }
        },
      },
      destroyStep<TemplateInput, TemplateState>(platform, ({ state }) => state.vm !== undefined, assertTemplate),
      {
        name: 'remove-item',
        repeat: 'safe',
        times: ({ state }) => (state.item === undefined ? 0 : 1),
        async begin({ state, signal }) {
          const id = state.item ?? ''
          const wasThere = await platform.library.remove(id, signal)
          return { done: true, state: { removed: wasThere ? [itemIdOf({ id })] : [] } }
        },
      },
    ],
    result: ({ state }) => Promise.resolve({ removed: state.removed ?? [], left: [] }),
  }
  return { fromVm, toVm, delete: remove }
}

function isTemplate(row: DetailRow): boolean {
  return row['config.template'] === true
}

/** Whoever made a VM of it means to keep it. */
function assertTemplate(row: DetailRow): void {
  if (!isTemplate(row)) throw refused(row, 'is a VM, not a template: delete it as a VM', 'not-a-template')
}

function settled(row: DetailRow): { readonly done: true; readonly state: Partial<TemplateState> } {
  return { done: true, state: { ...pinned(row), settled: true } }
}

/** Sends the mark unless it is there: read right before, so a repeated one is no second write. */
function markStep<Input>(
  platform: Platform,
  wanted: boolean,
  send: (context: { readonly state: Readonly<Partial<TemplateState>>; readonly signal: AbortSignal }) => Promise<void>,
): Step<Input, TemplateState> {
  return {
    name: 'mark',
    repeat: 'safe',
    times: ({ state }) => (state.settled === true ? 0 : 1),
    async begin({ state, signal }) {
      const known: Readonly<Partial<TemplateState>> = state
      const row = await readVm(platform, vmOf(known).value, signal)
      if (row === undefined || isTemplate(row) !== wanted) await send({ state: known, signal })
      return { done: true }
    },
  }
}

type FoundTemplate =
  | { readonly is: 'vm'; readonly row: DetailRow }
  /** By the service's id. */
  | { readonly is: 'item'; readonly id: string }

/** The template, or the VM that it has become. By name templates alone are found. */
async function findTemplate(
  platform: Platform,
  wanted: Reference,
  signal: AbortSignal,
): Promise<FoundTemplate | undefined> {
  const item = 'id' in wanted ? readItemId(wanted.id) : undefined
  if (item !== undefined) return { is: 'item', id: item }
  if ('id' in wanted) {
    const row = await findVm(platform, wanted, signal)
    return row && { is: 'vm', row }
  }
  try {
    return await requireFound(platform, wanted, signal)
  } catch (error) {
    if (HypervisorError.isInstance(error) && error.code === 'NOT_FOUND') return undefined
    throw error
  }
}

/** The template, or the VM that it has become. */
async function requireTemplate(platform: Platform, wanted: Reference, signal: AbortSignal): Promise<DetailRow> {
  const found = await requireFound(platform, wanted, signal)
  if (found.is === 'vm') return found.row
  const message = `${itemIdOf(found)} is an OVF item of a content library, which no VM can become: create one from it`
  throw new HypervisorError('FAILED_PRECONDITION', message, { details: { reason: 'library-item' } })
}

/** NOT_FOUND or AMBIGUOUS say what there is. */
async function requireFound(platform: Platform, wanted: Reference, signal: AbortSignal): Promise<FoundTemplate> {
  const known = 'id' in wanted ? await findVm(platform, wanted, signal) : undefined
  if (known !== undefined) return { is: 'vm', row: known }
  const resources = mapResources(await readInventory(platform, new Set(['template']), signal))
  const templates = resources.filter(({ kind }) => kind === 'template')
  const target = { path: 'template', kind: 'template', containers: resources } as const
  const problems = collectProblems()
  const meant = await resolveTemplate(platform, wanted, templates, target, problems, signal)
  problems.throwIfAny('the input')
  if (meant?.is === 'item') return { is: 'item', id: meant.item.id }
  const row = meant && (await readVm(platform, meant.id, signal))
  if (row !== undefined) return { is: 'vm', row }
  resolveReference(wanted, templates, target, problems)
  problems.throwIfAny('the input')
  throw new HypervisorError('NOT_FOUND', `the template ${meant?.id} was removed meanwhile`)
}

async function readTemplate(platform: Platform, vm: string, signal: AbortSignal): Promise<Template> {
  const resources = mapResources(await readInventory(platform, new Set(['template']), signal))
  const made = resources.find((one) => one.kind === 'template' && one.id === vm)
  if (made?.kind === 'template') return made
  throw new HypervisorError('NOT_FOUND', `the template ${vm} was removed meanwhile`)
}

/** A template has no pool: the root pool of where it is registered takes it. */
async function poolOf(platform: Platform, row: DetailRow, signal: AbortSignal): Promise<string> {
  const host = row['runtime.host']?.value
  const { computes } = await readInventory(platform, new Set(), signal)
  const compute = computes.find((one) => one.host?.some(({ value }) => value === host))
  if (compute?.resourcePool !== undefined) return compute.resourcePool.value
  throw refused(row, 'lies on a host that no cluster here has, so it would have no resource pool', 'no-pool')
}

/**
 * Linked clones read from the disks that a snapshot froze, so only a template with one can have them: then the disks of all
 * VMs are looked through, a page for each thousand.
 */
async function assertUnneeded(platform: Platform, row: DetailRow, signal: AbortSignal): Promise<void> {
  if (row['snapshot.currentSnapshot'] === undefined) return
  const frozen = new Set(chainOf(row))
  const needing: string[] = []
  const paths = ['config.instanceUuid', 'config.hardware.device'] as const
  for await (const vm of platform.api.retrieve('VirtualMachine', paths, {
    missing: 'allow',
    pageSize: 1_000,
    signal,
  })) {
    if (vm.ref.value !== row.ref.value && chainOf(vm).some((file) => frozen.has(file))) needing.push(idOf(vm))
  }
  if (needing.length === 0) return
  const some = `${needing.slice(0, 5).join(', ')}${needing.length > 5 ? ', ...' : ''}`
  throw refused(
    row,
    `holds disks that ${needing.length} linked clones read from (${some}): delete them first`,
    'in-use',
  )
}

/** Files of a VM's disks and of all that they hang on. */
function chainOf(row: Pick<DetailRow, 'config.hardware.device'>): string[] {
  const files: string[] = []
  for (const { backing } of (row['config.hardware.device'] ?? []).filter(isDisk)) {
    let link: unknown = backing
    while (typeof link === 'object' && link !== null) {
      if ('fileName' in link && typeof link.fileName === 'string') files.push(link.fileName)
      link = 'parent' in link ? link.parent : undefined
    }
  }
  return files
}
