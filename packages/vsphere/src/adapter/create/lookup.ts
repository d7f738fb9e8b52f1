import { HypervisorError, type Step } from '@dcm/core'
import { type DetailRow, idOf } from '../map-vm.js'
import type { Platform } from '../platform.js'
import { stillRunning } from '../task-step.js'
import { newAttempt } from './draft.js'
import { findHolder, taken } from './holder.js'
import type { CreateContext, CreateInput, CreateState } from './state.js'

type LookedUp =
  | { readonly done: true; readonly state?: Partial<CreateState> }
  | { readonly done?: never; readonly running: true; readonly retryAfterMs: number; readonly waitingFor: string }

/** Is there a VM of this key already? Waits for one that is being made; ends with it adopted, or with none. */
export function lookupStep(platform: Platform): Step<CreateInput, CreateState> {
  const look = async (context: CreateContext): Promise<LookedUp> => {
    const holder = await findHolder(platform, context)
    switch (holder.is) {
      case 'nobody':
        return { done: true, state: { attempt: context.state.attempt ?? newAttempt(), own: false } }
      case 'ours': {
        const { draft } = holder
        if (draft?.being === 'removed') return beingRemoved(context, holder.row)
        const own = draft !== undefined && draft.attempt === context.state.attempt
        return { done: true, state: { vm: holder.row.ref.value, own, adopted: !own, finished: draft === undefined } }
      }
      case 'unfinished':
        return { ...stillRunning(context), waitingFor: `${holder.vm}, which is being made under this name` }
      case 'other-spec':
      case 'foreign':
        throw taken(context, holder)
    }
  }
  return {
    name: 'lookup',
    repeat: 'read',
    async begin(context) {
      const seen = await look(context)
      return seen.done === true ? seen : { task: null, retryAfterMs: seen.retryAfterMs }
    },
    poll: (context) => look(context),
  }
}

/** How long a VM that is being removed is waited for. */
const removalMs = 60_000

function beingRemoved(context: CreateContext, row: DetailRow): LookedUp {
  if (context.now() - context.begunAt < removalMs) {
    const waitingFor = `VM ${idOf(row)}, which another run with the same key is taking back`
    return { ...stillRunning(context), waitingFor }
  }
  const message = `VM ${idOf(row)} carries this key and was being taken back, and is still there: resume the run that failed, or its clean-up, or delete the VM, and create again`
  throw new HypervisorError('FAILED_PRECONDITION', message, { resource: idOf(row), details: { reason: 'abandoned' } })
}
