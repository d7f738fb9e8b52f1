import {
  type AdapterFacetOf,
  HypervisorError,
  type OperationDefinition,
  type OperationInputs,
  type Step,
  type StepContext,
  type VmInfo,
} from '@dcm/core'
import { createVm } from '../create/create.js'
import { notRunning } from '../create/instant.js'
import type { CreateContext, CreateInput, CreateState } from '../create/state.js'
import { requireVm } from '../locate.js'
import type { DetailRow } from '../map-vm.js'
import type { Platform } from '../platform.js'
import { assertReachable, refused } from '../power/power-state.js'
import { resolvePlace } from './resolve-place.js'
import { readSnapshots, requireSnapshot } from './snapshots.js'

type CloneInput = OperationInputs['clone.clone']
type CloneContext = StepContext<CloneInput, CreateState>

/** As `createVm` from a template, with a VM in the template's place: the same claim, marker, draft and undo. */
export function cloneFacet(platform: Platform): AdapterFacetOf<'clone'> {
  const { steps, result } = createVm(platform)
  const definition: OperationDefinition<CloneInput, CreateState, VmInfo> = {
    steps: [planStep(platform), ...steps.filter(({ name }) => name !== 'plan').map(ofClone)],
    result: (context) => result(asCreation(context)),
  }
  return { clone: definition }
}

/** Beside the source, unless a place is named: its folder, its pool, its datastore. */
function planStep(platform: Platform): Step<CloneInput, CreateState> {
  return {
    name: 'plan',
    repeat: 'read',
    async begin({ input: { ref, mode, snapshot, placement = {} }, marker, signal }) {
      const row = await requireVm(platform, ref, signal)
      assertReachable(row)
      if (mode === 'instant') assertInstant(row, snapshot)
      const hangsOn = await snapshotFor(platform, row, mode === 'linked', snapshot, signal)
      const place = await resolvePlace(platform, row, placement, (field) => `placement.${field}`, signal)
      const pool = place.pool ?? row.resourcePool?.value
      if (row.parent === undefined || pool === undefined) {
        throw refused(row, 'lies in no folder and pool that can be seen, so its copy has no place', 'no-place')
      }
      return {
        done: true,
        state: {
          ...(marker && { id: marker.key }),
          ...place,
          folder: row.parent.value,
          pool,
          networks: [],
          source: row.ref.value,
          ...(hangsOn !== undefined && { snapshot: hangsOn }),
        },
      }
    },
  }
}

/** An instant clone copies what runs, as it is now. */
function assertInstant(row: DetailRow, snapshot: string | undefined): void {
  if (row['runtime.powerState'] !== 'poweredOn') throw refused(row, notRunning, 'not-running')
  if (snapshot === undefined) return
  const message = 'cannot be named for an instant clone, which copies the VM as it runs now: leave it out'
  throw new HypervisorError('INVALID_ARGUMENT', `snapshot ${message}`, {
    details: { problems: [{ path: 'snapshot', message }] },
  })
}

/** The named snapshot; for a linked clone else the current one. */
async function snapshotFor(
  platform: Platform,
  row: DetailRow,
  linked: boolean,
  wanted: string | undefined,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (wanted !== undefined) {
    requireSnapshot(row, await readSnapshots(platform, row.ref.value, signal), wanted)
    return wanted
  }
  if (!linked) return undefined
  const current = row['snapshot.currentSnapshot']
  if (current !== undefined) return current.value
  throw refused(row, 'has no snapshot that a linked clone could hang on: take one first', 'no-snapshot')
}

/** The context of a creation that says the same. */
function asCreation(context: CloneContext): CreateContext {
  const { name, mode = 'full' } = context.input
  const template = { id: context.state.source ?? '' }
  const source = { from: 'template', template, clone: mode } as const
  // An instant clone runs from the start; of the others none does.
  return { ...context, input: { spec: { name, source, powerOn: mode === 'instant' } } }
}

/** A step of a creation as one of a clone. */
function ofClone(step: Step<CreateInput, CreateState>): Step<CloneInput, CreateState> {
  const { name, weight, times, begin, poll, cancel, undo, leftovers } = step
  const translated = {
    name,
    begin: (context: CloneContext) => begin(asCreation(context)),
    ...(weight !== undefined && { weight }),
    ...(times && { times: (context: CloneContext) => times(asCreation(context)) }),
    ...(poll && {
      poll: (context: CloneContext, task: Parameters<typeof poll>[1]) => poll(asCreation(context), task),
    }),
    ...(cancel && {
      cancel: (context: CloneContext, task: Parameters<typeof cancel>[1]) => cancel(asCreation(context), task),
    }),
    ...(undo && { undo: undo.map(ofClone) }),
    ...(leftovers && { leftovers: (context: CloneContext) => leftovers(asCreation(context)) }),
  }
  if (step.repeat !== 'once') return { ...translated, repeat: step.repeat }
  const { findCanBeWrong } = step
  return { ...translated, repeat: 'once', findCanBeWrong, find: (context) => step.find(asCreation(context)) }
}
