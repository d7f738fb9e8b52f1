import type { Found, Step } from '@dcm/core'
import { ProxmoxError } from '../../client/error.js'
import { findTasks } from '../find-task.js'
import { isGone, readConfig } from '../locate.js'
import { writeDescription } from '../map-description.js'
import type { Platform, VmConfig } from '../platform.js'
import { placeOf } from '../power/vm-state.js'
import { afterCall, lookAtTask, retryAfterLock, stillRunning, stopTask, waitForLock } from '../task-step.js'
import { forgetProgress, readProgress } from './clone-progress.js'
import { type CreateContext, type CreateInput, type CreateState, draftOf, extensionOf, markerOf } from './state.js'
import { leftoversOf, ownerOf, undoSteps } from './undo.js'

/** POST clone: claims the id and copies or links the disks. Sent once; its loss is decided by the new id's description. */
export function cloneStep(platform: Platform): Step<CreateInput, CreateState> {
  return {
    name: 'clone',
    repeat: 'once',
    weight: 8,
    times: ({ state, input }) => (state.adopted !== true && input.spec.source.from === 'template' ? 1 : 0),
    async blockedBy(context) {
      if (context.state.own === true) return undefined
      const waiting = waitForLock(context.state, context.now())
      if (waiting) return waiting
      const source = sourceOf(context)
      return (await platform.cloneLane.isFull(source, context.signal)) ? anotherClone(source) : undefined
    },
    async begin(context) {
      if (context.state.own === true) return { done: true }
      const source = sourceOf(context)
      try {
        const upid = await platform.cloneLane.enter(source, context.signal, () =>
          platform.api.request('POST /nodes/{node}/qemu/{vmid}/clone', parametersOf(context), context),
        )
        return upid === undefined ? anotherClone(source) : afterCall<CreateState>(upid)
      } catch (error) {
        if (isCollision(error)) return collided(context)
        throw error
      }
    },
    async poll(context, task) {
      if (task === null) return byCondition(platform, context)
      const look = await lookAtTask(platform, task, context.signal)
      if (look.verdict === 'lost') return { vanished: true }
      if (look.verdict === 'running') {
        const fraction = await readProgress(platform, String(task), context.state.copies ?? 0, context.signal)
        return { ...stillRunning(context), ...(fraction !== undefined && { fraction }) }
      }
      forgetProgress(platform, String(task))
      if (look.verdict === 'succeeded') return { done: true, warnings: look.warnings }
      if (isCollision(look.error)) return collided(context)
      const again = retryAfterLock('clone', look.error, context.state, context.now())
      if (again) return again
      throw look.error
    },
    cancel: (context, task) => stopTask(platform, task, context.signal),
    findCanBeWrong:
      'the request still waits inside the proxy between two nodes and lands after the look: it is sent again, one of the two collides at the id, and the collision is judged by the description',
    find: (context) => find(platform, context),
    undo: undoSteps(platform),
    leftovers: leftoversOf,
  }
}

function anotherClone({ vmid }: { readonly vmid: number }): { busy: string; retryAfterMs: number } {
  return { busy: `another clone of VM ${vmid} to end`, retryAfterMs: 400 + Math.round(Math.random() * 200) }
}

function sourceOf({ state }: CreateContext): { vmid: number; node: string } {
  return placeOf({
    ...(state.sourceVmid !== undefined && { vmid: state.sourceVmid }),
    ...(state.sourceNode !== undefined && { node: state.sourceNode }),
  })
}

function parametersOf(context: CreateContext) {
  const { state, input } = context
  const { spec } = input
  const source = sourceOf(context)
  const { diskFormat, bandwidthLimitKiBps } = extensionOf(spec)
  const full = spec.source.from !== 'template' || spec.source.clone !== 'linked'
  return {
    ...source,
    newid: placeOf(state).vmid,
    name: spec.name,
    description: writeDescription(spec.description, markerOf(context), draftOf(context)),
    full,
    ...(state.target !== undefined && state.target !== source.node && { target: state.target }),
    ...(state.pool !== undefined && { pool: state.pool }),
    ...(full && state.cloneStorage !== undefined && { storage: state.cloneStorage }),
    ...(full && state.cloneStorage !== undefined && diskFormat !== undefined && { format: diskFormat }),
    ...(bandwidthLimitKiBps !== undefined && { bwlimit: bandwidthLimitKiBps }),
  }
}

/** The id was taken meanwhile, perhaps by another run of this very key: `lookup` judges that. */
export function collided({ state }: Pick<CreateContext, 'state'>): { goTo: string; state: { probe: number } } {
  return { goTo: 'lookup', state: { probe: (state.probe ?? 0) + 1 } }
}

export function isCollision(error: unknown): boolean {
  return ProxmoxError.isInstance(error) && error.kind === 'already-exists'
}

/** The new VM's configuration: on its way to another node it is made on the source's. */
async function readNewConfig(platform: Platform, context: CreateContext): Promise<VmConfig | undefined> {
  const { vmid, node } = placeOf(context.state)
  const nodes = new Set([node, context.state.sourceNode ?? node])
  for (const candidate of nodes) {
    try {
      return await readConfig(platform.api, { vmid, node: candidate }, context.signal)
    } catch (error) {
      if (!isGone(error)) throw error
    }
  }
  return undefined
}

async function byCondition(platform: Platform, context: CreateContext) {
  const config = await readNewConfig(platform, context)
  if (config === undefined) return { vanished: true as const }
  return config.lock === undefined ? { done: true as const } : stillRunning(context)
}

async function find(platform: Platform, context: CreateContext): Promise<Found<CreateState>> {
  // The task before the configuration: it may end between the two looks.
  const upid = await findCloneTask(platform, context)
  const config = await readNewConfig(platform, context)
  if (config === undefined) return upid === undefined ? { found: 'absent' } : { found: 'running', task: upid }
  const owner = ownerOf(config, context)
  if (owner === 'us') return config.lock === undefined ? { found: 'mine' } : { found: 'running', task: upid ?? null }
  if (owner === 'nobody' && config.lock !== undefined) {
    return upid === undefined ? { found: 'undecided', retryAfterMs: 2000 } : { found: 'running', task: upid }
  }
  return { found: 'foreign', ...collided(context) }
}

/** The running clone of our source whose log names the new id in its first line. */
async function findCloneTask(platform: Platform, context: CreateContext): Promise<string | undefined> {
  const source = sourceOf(context)
  const query = { ...source, types: ['qmclone'] }
  const running = (await findTasks(platform.api, query, context.signal)).filter((task) => task.running)
  for (const { upid } of running) {
    const lines = await platform.api.request(
      'GET /nodes/{node}/tasks/{upid}/log',
      { node: source.node, upid, limit: 1 },
      context,
    )
    if (lines[0]?.t.endsWith(`with ID ${placeOf(context.state).vmid}`) === true) return upid
  }
  return undefined
}
