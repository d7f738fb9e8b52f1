import { HypervisorError, type Step } from '@dcm/core'
import { findTasks } from '../find-task.js'
import type { Platform } from '../platform.js'
import { stillRunning } from '../task-step.js'
import { findKeyHolders, type KeyHolder, keyTaken, preferred } from './key-holders.js'
import { type CreateContext, type CreateInput, type CreateState, markerOf } from './state.js'

type Seen =
  | { readonly done: true; readonly state?: Partial<CreateState> }
  | { readonly done?: never; readonly running: true; readonly retryAfterMs: number; readonly waitingFor: string }

/** How long a half-made VM may stay locked without any task that works on it. */
const abandonedMs = 60_000

/**
 * Is there a VM of this key already? Waits for one that another run is making; ends with it adopted, or with none.
 */
export function lookupStep(platform: Platform): Step<CreateInput, CreateState> {
  return {
    name: 'lookup',
    repeat: 'read',
    async begin(context) {
      const seen = await look(platform, context)
      return seen.done === true ? seen : { task: null, retryAfterMs: 300 }
    },
    poll: (context) => look(platform, context),
  }
}

async function look(platform: Platform, context: CreateContext): Promise<Seen> {
  const { spec } = context.input
  const holders = await findKeyHolders(platform, markerOf(context), spec.name, context.signal)
  const other = holders.find(({ is }) => is === 'other-spec')
  if (other) throw keyTaken(other)
  const mine = preferred(holders)
  if (mine && !mine.locked && mine.draft?.being !== 'removed') {
    const { vmid, node } = mine.place
    const own = mine.draft !== undefined && mine.draft.attempt === context.state.attempt
    return { done: true, state: { vmid, node, own, adopted: !own, finished: mine.draft === undefined } }
  }
  const pending = mine ?? holders.find(({ is }) => is === 'undecided')
  const none = { done: true, state: { attempt: context.state.attempt ?? newAttempt(), own: false } } as const
  if (pending === undefined) return none
  const waited = context.now() - context.begunAt
  if (waited > abandonedMs && !(await isWorkedOn(platform, pending, context))) {
    if (mine === undefined) return none
    throw abandoned(pending)
  }
  const { vmid } = pending.place
  const waitingFor = `VM ${vmid}, which ${whatHappensTo(mine)}`
  return { running: true, retryAfterMs: stillRunning(context).retryAfterMs, waitingFor }
}

/** Short, since it stands in the description; it has to differ among the runs of one key only. */
function newAttempt(): string {
  return crypto.randomUUID().slice(0, 8)
}

function whatHappensTo(mine: KeyHolder | undefined): string {
  if (mine === undefined) return 'is being made at an id of this key'
  return `another run with the same key is ${mine.draft?.being === 'removed' ? 'taking back' : 'making'}`
}

/** Does any task that may be making it run? Its clone's task carries the source's id, so all clones of the node count. */
async function isWorkedOn(platform: Platform, holder: KeyHolder, context: CreateContext): Promise<boolean> {
  const { vmid, node } = holder.place
  const running = await platform.api.request(
    'GET /nodes/{node}/tasks',
    { node, source: 'active', typefilter: 'qmclone' },
    context,
  )
  if (running.some(({ endtime }) => endtime === undefined)) return true
  const query = { node, vmid, types: ['qmcreate', 'qmrestore', 'qmdestroy'] }
  return (await findTasks(platform.api, query, context.signal)).some((task) => task.running)
}

function abandoned(holder: KeyHolder): HypervisorError {
  const { vmid, node } = holder.place
  const message =
    holder.config.lock === undefined
      ? `VM ${vmid} carries this key and was being taken back, and nothing works on it: resume the run that failed, or its clean-up, or delete the VM, and create again`
      : `VM ${vmid} carries this key, is locked (${holder.config.lock}), and nothing works on it: its maker died. On node ${node} run 'qm unlock ${vmid}', delete it, and create again`
  return new HypervisorError('FAILED_PRECONDITION', message, {
    resource: String(vmid),
    details: { reason: 'abandoned' },
  })
}
