import { HypervisorError, type Leftover, type Step } from '@dcm/core'
import { ProxmoxError } from '../../client/error.js'
import { findTasks } from '../find-task.js'
import { storageOfVolume, volumesOnStorages } from '../leftovers.js'
import { isGone, readConfig, readStatus } from '../locate.js'
import { readDescription, writeDescription } from '../map-description.js'
import type { Platform, VmConfig, VmPlace } from '../platform.js'
import { placeOf } from '../power/vm-state.js'
import { afterCall, lookAtTask, stillRunning } from '../task-step.js'
import { type CreateContext, type CreateInput, type CreateState, markerOf } from './state.js'

/** Takes back a clone or a blank VM: stop, destroy, and the volumes that the platform left behind. */
export function undoSteps(platform: Platform): readonly Step<CreateInput, CreateState>[] {
  return [haltStep(platform), destroyOwnStep(platform, { goTo: 'halt' }), surveyStep(platform), sweepStep(platform)]
}

/** What stays when undo fails: the VM, or the volumes that outlived it. */
export function leftoversOf({ state, input }: CreateContext): readonly Leftover[] {
  const vmid = state.vmid === undefined ? 'unknown' : String(state.vmid)
  if (state.vmGone === true && (state.leftVolumes?.length ?? 0) > 0) {
    return (state.leftVolumes ?? []).map((volume) => ({ kind: 'volume', id: volume }))
  }
  return [{ kind: 'vm', id: vmid, name: `${input.spec.name} (${vmid})` }]
}

/** Says that the VM is being taken back, and stops it hard; only if it is ours. */
export function haltStep(platform: Platform): Step<CreateInput, CreateState> {
  return {
    name: 'halt',
    repeat: 'safe',
    async begin(context) {
      const own = await takeBack(platform, context)
      if (own === undefined) return { done: true }
      const status = await readStatus(platform.api, own.place, context.signal)
      if (status.status === 'stopped') return { done: true }
      return afterCall(await platform.api.request('POST /nodes/{node}/qemu/{vmid}/status/stop', own.place, context))
    },
    async poll(context, task) {
      const look = await lookAtTask(platform, task, context.signal)
      if (look.verdict === 'running') return stillRunning(context)
      if (look.verdict === 'lost') return { vanished: true }
      if (look.verdict === 'failed' && !/not running/.test(look.error.message)) throw look.error
      return { done: true }
    },
  }
}

/**
 * DELETE with purge, after the description was read again and is ours. `ifRunning`: where to go on when somebody started
 * it since it was stopped.
 */
export function destroyOwnStep(
  platform: Platform,
  ifRunning?: { readonly goTo: string },
): Step<CreateInput, CreateState> {
  return {
    name: 'destroy',
    repeat: 'once',
    async begin(context) {
      const own = await takeBack(platform, context)
      if (own === undefined) return { done: true }
      if (own.config.protection === true) {
        // Our own protection must not protect our own ruin.
        await platform.api.request('PUT /nodes/{node}/qemu/{vmid}/config', { ...own.place, protection: false }, context)
      }
      const parameters = { ...own.place, purge: true, 'destroy-unreferenced-disks': true }
      try {
        return afterCall(await platform.api.request('DELETE /nodes/{node}/qemu/{vmid}', parameters, context))
      } catch (error) {
        if (ifRunning && isStillUp(error)) return ifRunning
        throw explained(error, own.place)
      }
    },
    async poll(context, task) {
      const look = await lookAtTask(platform, task, context.signal)
      if (look.verdict === 'running') return stillRunning(context)
      if (look.verdict === 'lost') return { vanished: true }
      if (look.verdict === 'succeeded' || isGone(look.error)) return { done: true }
      if (ifRunning && isStillUp(look.error)) return ifRunning
      throw explained(look.error, placeOf(context.state))
    },
    findCanBeWrong: 'a migration hides the configuration on both nodes for a moment: the VM is taken for removed',
    async find(context) {
      const place = placeOf(context.state)
      const query = { ...place, types: ['qmdestroy'] }
      const task = (await findTasks(platform.api, query, context.signal)).find(({ running }) => running)
      if (task !== undefined) return { found: 'running', task: task.upid }
      return (await readOwn(platform, context)) === undefined ? { found: 'mine' } : { found: 'absent' }
    },
  }
}

/** Which volumes of the id are left, now that the VM is gone. */
function surveyStep(platform: Platform): Step<CreateInput, CreateState> {
  return {
    name: 'survey',
    repeat: 'read',
    async begin(context) {
      const place = placeOf(context.state)
      if (!(await isFreeId(platform, place.vmid, context.signal))) return { done: true }
      const storages = context.state.storages ?? []
      const left = await volumesOnStorages(platform.api, place, storages, context.signal)
      return { done: true, state: { vmGone: true, leftVolumes: left.slice(0, 16) } }
    },
  }
}

/** Removes them, one by one; only while no VM has the id. */
function sweepStep(platform: Platform): Step<CreateInput, CreateState> {
  return {
    name: 'sweep',
    repeat: 'safe',
    async begin(context) {
      const left = context.state.leftVolumes ?? []
      const { node, vmid } = placeOf(context.state)
      if (left.length === 0 || !(await isFreeId(platform, vmid, context.signal))) return { done: true }
      for (const volume of left) {
        const place = { node, storage: storageOfVolume(volume), volume }
        try {
          await platform.api.request(
            'DELETE /nodes/{node}/storage/{storage}/content/{volume}',
            { ...place, delay: 10 },
            context,
          )
        } catch (error) {
          if (!isGone(error)) throw error
        }
      }
      return { done: true }
    },
  }
}

/** Whose VM this is, by its description. Another run's, also of the same key, and a finished one are not ours. */
export function ownerOf({ description }: VmConfig, context: CreateContext): 'us' | 'nobody' | 'another' {
  const { marker, draft } = readDescription(description)
  if (marker === undefined) return 'nobody'
  const { key, specHash } = markerOf(context)
  const same = marker.key === key && marker.specHash === specHash
  return same && draft !== undefined && draft.attempt === context.state.attempt ? 'us' : 'another'
}

/**
 * The VM at our id, if it is ours. A configuration that is still locked by a clone, without a word of its maker, is ours
 * too: only our clone was sent for this id, and its worker was killed.
 */
async function readOwn(platform: Platform, context: CreateContext): Promise<OwnVm | undefined> {
  const known = placeOf(context.state)
  const nodes = new Set([known.node, context.state.sourceNode ?? known.node])
  for (const node of nodes) {
    const place = { vmid: known.vmid, node }
    try {
      const config = await readConfig(platform.api, place, context.signal)
      const owner = ownerOf(config, context)
      const unnamed = owner === 'nobody' && (config.lock === 'clone' || config.lock === 'create')
      return owner === 'us' || unnamed ? { place, config } : undefined
    } catch (error) {
      if (!isGone(error)) throw error
    }
  }
  return undefined
}

interface OwnVm {
  readonly place: VmPlace
  readonly config: VmConfig
}

const mostTries = 5

/**
 * Our VM, after its description says that it is being removed; undefined when there is none of ours. Whoever finishes a
 * VM and whoever takes it back write with the digest of what they read, so only one of the two gets through: the other
 * one sees it, and leaves the VM alone. A locked VM cannot be written to, and nobody can finish it.
 */
async function takeBack(platform: Platform, context: CreateContext): Promise<OwnVm | undefined> {
  for (let tries = 1; ; tries += 1) {
    const own = await readOwn(platform, context)
    if (own === undefined) return undefined
    const { text, marker, draft } = readDescription(own.config.description)
    if (marker === undefined || draft?.being !== 'made' || own.config.lock !== undefined) return own
    const description = writeDescription(text, marker, { ...draft, being: 'removed' })
    const change = { ...own.place, digest: own.config.digest, description }
    try {
      await platform.api.request('PUT /nodes/{node}/qemu/{vmid}/config', change, context)
      return own
    } catch (error) {
      if (!ProxmoxError.isInstance(error) || error.kind !== 'digest-mismatch' || tries >= mostTries) throw error
    }
  }
}

async function isFreeId(platform: Platform, vmid: number, signal: AbortSignal): Promise<boolean> {
  try {
    await platform.api.request('GET /cluster/nextid', { vmid }, { signal })
    return true
  } catch (error) {
    if (ProxmoxError.isInstance(error) && error.kind === 'already-exists') return false
    throw error
  }
}

function isStillUp(error: unknown): boolean {
  return ProxmoxError.isInstance(error) && /is running - destroy failed/.test(error.message)
}

/** A lock whose worker died is beyond the API: say what a person has to do. */
function explained(error: unknown, place: VmPlace): unknown {
  if (!ProxmoxError.isInstance(error) || error.kind !== 'locked') return error
  const message = `VM ${place.vmid} is locked by work that died, and only root on the node can unlock it: run 'qm unlock ${place.vmid}' on ${place.node}, then the clean-up`
  return new HypervisorError('FAILED_PRECONDITION', message, {
    resource: String(place.vmid),
    outcome: 'failed',
    details: { reason: 'locked' },
    cause: error,
  })
}
