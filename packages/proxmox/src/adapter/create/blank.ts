import type { Found, Step } from '@dcm/core'
import { findTasks } from '../find-task.js'
import { isGone, readConfig } from '../locate.js'
import { writeDescription } from '../map-description.js'
import { markerTag } from '../map-tags.js'
import type { Platform, VmConfig } from '../platform.js'
import { placeOf } from '../power/vm-state.js'
import { afterCall, lookAtTask, retryAfterLock, stillRunning, stopTask, waitForLock } from '../task-step.js'
import { blankConfig } from './blank-config.js'
import { collided, isCollision } from './clone.js'
import { type CreateContext, type CreateInput, type CreateState, draftOf, markerOf } from './state.js'
import { leftoversOf, ownerOf, undoSteps } from './undo.js'

/** POST qemu: claims the id and makes the VM with all it needs. */
export function blankStep(platform: Platform): Step<CreateInput, CreateState> {
  return {
    name: 'create',
    repeat: 'once',
    weight: 4,
    times: ({ state, input }) => (state.adopted !== true && input.spec.source.from !== 'template' ? 1 : 0),
    async begin(context) {
      const { state, input, signal } = context
      if (state.own === true) return { done: true }
      const waiting = waitForLock(state, context.now())
      if (waiting) return waiting
      const secret = input.spec.customization?.password
      const marker = markerOf(context)
      const parameters = blankConfig({
        spec: input.spec,
        bridges: state.bridges ?? [],
        diskStorages: state.diskStorages ?? [],
        sideStorage: state.storages?.[0],
        image: state.image,
        password: secret && (await context.reveal(secret)).reveal(),
        tag: markerTag(marker.key),
        description: writeDescription(input.spec.description, marker, draftOf(context)),
        pool: state.pool,
      })
      try {
        const answer = await platform.api.request(
          'POST /nodes/{node}/qemu',
          { ...placeOf(state), ...parameters },
          { signal },
        )
        return afterCall(answer)
      } catch (error) {
        if (isCollision(error)) return collided(context)
        throw error
      }
    },
    async poll(context, task) {
      if (task === null) return byCondition(platform, context)
      const look = await lookAtTask(platform, task, context.signal)
      if (look.verdict === 'running') return stillRunning(context)
      if (look.verdict === 'lost') return { vanished: true }
      if (look.verdict === 'succeeded') return { done: true, warnings: look.warnings }
      if (isCollision(look.error)) return collided(context)
      const again = retryAfterLock('create', look.error, context.state, context.now())
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

async function readNew(platform: Platform, context: CreateContext): Promise<VmConfig | undefined> {
  try {
    return await readConfig(platform.api, placeOf(context.state), context.signal)
  } catch (error) {
    if (isGone(error)) return undefined
    throw error
  }
}

async function byCondition(platform: Platform, context: CreateContext) {
  const config = await readNew(platform, context)
  if (config === undefined) return { vanished: true as const }
  return config.lock === undefined ? { done: true as const } : stillRunning(context)
}

async function find(platform: Platform, context: CreateContext): Promise<Found<CreateState>> {
  const query = { ...placeOf(context.state), types: ['qmcreate'] }
  const task = (await findTasks(platform.api, query, context.signal)).find(({ running }) => running)
  if (task !== undefined) return { found: 'running', task: task.upid }
  const config = await readNew(platform, context)
  if (config === undefined) return { found: 'absent' }
  const owner = ownerOf(config, context)
  if (owner === 'us') return config.lock === undefined ? { found: 'mine' } : { found: 'running', task: null }
  if (owner === 'nobody' && config.lock !== undefined) return { found: 'undecided', retryAfterMs: 2000 }
  return { found: 'foreign', ...collided(context) }
}
