import {
  type DeleteReport,
  HypervisorError,
  type OperationDefinition,
  type OperationInputs,
  type Step,
  type StepContext,
} from '@dcm/core'
import { findTasks } from './find-task.js'
import { storageOfVolume, volumesOnStorages } from './leftovers.js'
import { atPlace, findPlace, isGone, type LiveVm, readConfig, readStatus } from './locate.js'
import { readDescription } from './map-description.js'
import { volumesOf } from './map-disks.js'
import { incarnationOf } from './map-vm-info.js'
import type { Platform, VmConfig, VmPlace } from './platform.js'
import { type HardStopState, hardStopStep, stoppedStep } from './power/stop-steps.js'
import { assertUnlocked, pinned, placeOf, stateOf } from './power/vm-state.js'
import { afterCall, lookAtTask, retryAfterLock, stillRunning, waitForLock } from './task-step.js'

type Input = OperationInputs['deleteVm']
type DeleteState = HardStopState & {
  /** There was nothing to delete. */
  absent: boolean
  running: boolean
  /** Ours by its marker: volumes that no configuration names any more may go too. */
  ours: boolean
  volumes: string[]
  storages: string[]
  left: string[]
}
type Context = StepContext<Input, DeleteState>

/** So many volume ids stand in the handle; a VM with more is verified by its storages. */
const mostVolumes = 12

/** Removes a VM and its disks; goes forward only. A VM that is not there is success. */
export function deleteVm(platform: Platform): OperationDefinition<Input, DeleteState, DeleteReport> {
  return {
    steps: [
      { name: 'plan', repeat: 'read', begin: (context) => plan(platform, context) },
      hardStopStep<Input, DeleteState>(platform, { wanted: ({ state }) => state.running === true }),
      stoppedStep<Input, DeleteState>(platform, { wanted: ({ state }) => state.running === true }),
      destroyStep(platform),
      verifyStep(platform),
    ],
    result: ({ state }) => {
      const left = state.left ?? []
      if (state.absent === true) return Promise.resolve({ removed: [], left })
      const volumes = (state.volumes ?? []).filter((volume) => !left.includes(volume))
      return Promise.resolve({ removed: [String(state.vmid), ...volumes], left })
    },
  }
}

async function plan(platform: Platform, { input, signal }: Context) {
  const { ref, options } = input
  if (options.disks === 'keep') {
    throw new HypervisorError('UNSUPPORTED', 'Proxmox VE removes a VM with its disks: move them to another VM first', {
      resource: ref.id,
      details: { feature: 'keepDisks', reason: 'a disk belongs to the VM whose id it carries' },
    })
  }
  const found = await atPlace(platform, ref, signal, (place) =>
    Promise.all([readConfig(platform.api, place, signal), readStatus(platform.api, place, signal)]),
  )
  if (found === undefined) return { done: true as const, state: { absent: true } }
  const [config, status] = found.value
  const live: LiveVm = { place: found.place, config, status }
  const running = refuse(live, ref.incarnation, options.force)
  const volumes = volumesOf(config)
  return {
    done: true as const,
    state: {
      ...pinned(live),
      running,
      ours: readDescription(config.description).marker !== undefined,
      volumes: volumes.slice(0, mostVolumes),
      storages: [...new Set(volumes.map(storageOfVolume))],
    },
  }
}

/** Which volumes of the id are left, as long as no other VM has it. */
function verifyStep(platform: Platform): Step<Input, DeleteState> {
  return {
    name: 'verify',
    repeat: 'read',
    times: ({ state }) => (state.absent === true ? 0 : 1),
    async begin({ state, signal }) {
      const place = placeOf(state)
      const left = await volumesOnStorages(platform.api, place, state.storages ?? [], signal)
      // The id is free again from the moment of the removal on. Looked at after the list: a VM comes before its volumes.
      if (left.length > 0 && (await lookAgain(platform, state, signal)) !== undefined) {
        const warning = `id ${place.vmid} was given to another VM meanwhile: volumes that the deleted one left cannot be told from that one's`
        return { done: true, state: { left: [] }, warnings: [warning] }
      }
      const warnings = left.map((volume) => `volume ${volume} was not removed: remove it on its storage`)
      return { done: true, state: { left: [...left].slice(0, mostVolumes) }, warnings }
    },
  }
}

/** Why the VM may not be deleted; else, whether it has to be stopped first. */
function refuse(live: LiveVm, incarnation: string | undefined, force: boolean): boolean {
  const { config, status, place } = live
  const { vmid } = place
  const precondition = (why: string, reason: string): HypervisorError =>
    new HypervisorError('FAILED_PRECONDITION', `VM ${vmid} ${why}`, { resource: String(vmid), details: { reason } })
  assertNotBeingRemoved(config, vmid)
  if (incarnation !== undefined && incarnation.toLowerCase() !== incarnationOf(config)) throw replaced(vmid)
  if (config.template === true) {
    throw precondition('is a template, which deleteVm leaves alone: turn to the native client for it', 'template')
  }
  if (config.protection === true) throw precondition('is protected: set its protection to 0 first', 'protected')
  const state = stateOf(status, config.lock)
  assertUnlocked(state, vmid)
  const running = status.status === 'running'
  if (running && !force) throw precondition('is running: stop it first, or delete it with force', 'running')
  return running
}

/** Another VM has the id by now: the one that was meant is gone, and this one nobody meant. */
function replaced(vmid: number): HypervisorError {
  const message = `VM ${vmid} is not the VM that was meant: the id was given to another one; list the VMs and ask again`
  return new HypervisorError('FAILED_PRECONDITION', message, {
    resource: String(vmid),
    details: { reason: 'incarnation' },
  })
}

/**
 * Towards the end of a removal nothing of the VM is left but this lock, which keeps its id from others: no incarnation
 * tells any more which VM it was.
 */
function isBeingRemoved({ lock }: { readonly lock?: string | undefined }): boolean {
  return lock === 'destroyed'
}

function assertNotBeingRemoved(config: VmConfig, vmid: number): void {
  if (!isBeingRemoved(config)) return
  const message = `VM ${vmid} is being removed by other work; where nothing works on it, run 'qm destroy ${vmid} --skiplock' on its node`
  throw new HypervisorError('CONFLICT', message, {
    resource: String(vmid),
    retryable: true,
    details: { reason: 'locked', lock: 'destroyed' },
  })
}

function destroyStep(platform: Platform): Step<Input, DeleteState> {
  const { api } = platform
  return {
    name: 'destroy',
    repeat: 'once',
    times: ({ state }) => (state.absent === true ? 0 : 1),
    async begin(context) {
      const { state, signal } = context
      const waiting = waitForLock(state, context.now())
      if (waiting) return waiting
      // The write itself has no precondition: this look, right before it, is the guard.
      const seen = await lookAgain(platform, state, signal)
      if (seen === undefined) return { done: true }
      assertNotBeingRemoved(seen.config, seen.place.vmid)
      if (state.incarnation !== incarnationOf(seen.config)) throw replaced(seen.place.vmid)
      const unreferenced = state.ours === true && state.incarnation !== undefined
      const answer = await api.request(
        'DELETE /nodes/{node}/qemu/{vmid}',
        { ...seen.place, purge: true, ...(unreferenced && { 'destroy-unreferenced-disks': true }) },
        { signal },
      )
      return afterCall<DeleteState>(answer, { node: seen.place.node })
    },
    async poll(context, task) {
      const look = await lookAtTask(platform, task, context.signal)
      if (look.verdict === 'running') return stillRunning(context)
      if (look.verdict === 'lost') return { vanished: true }
      if (look.verdict === 'succeeded') return { done: true, warnings: look.warnings }
      if (isGone(look.error)) return { done: true }
      // Somebody started it between our stop and our delete.
      if (/is running - destroy failed/.test(look.error.message) && context.input.options.force) {
        return { goTo: 'stop', state: { running: true, pid: 0 } }
      }
      const again = retryAfterLock('destroy', look.error, context.state, context.now())
      if (again) return again
      throw look.error
    },
    findCanBeWrong: 'a migration hides the configuration on both nodes for a moment: the VM is taken for deleted',
    async find({ state, begunAt, now, signal }) {
      const seen = await lookAgain(platform, state, signal)
      const removing = seen !== undefined && isBeingRemoved(seen.config)
      if (seen !== undefined && !removing && state.incarnation !== incarnationOf(seen.config)) return { found: 'mine' }
      const place = seen?.place ?? placeOf(state)
      const query = { ...place, types: ['qmdestroy'] }
      const task = (await findTasks(api, query, signal)).find(({ running }) => running)
      if (task !== undefined) return { found: 'running', task: task.upid }
      if (removing) return { found: 'undecided', retryAfterMs: 1000 }
      if (seen !== undefined) return { found: 'absent' }
      // Two looks with some time between them, for a VM that is being moved.
      return now() - begunAt < absenceMs ? { found: 'undecided', retryAfterMs: 2000 } : { found: 'mine' }
    },
  }
}

const absenceMs = 10_000

/** The configuration as it is now, wherever the VM is. */
async function lookAgain(
  platform: Platform,
  state: Readonly<Partial<DeleteState>>,
  signal: AbortSignal,
): Promise<{ readonly place: VmPlace; readonly config: VmConfig } | undefined> {
  const known = placeOf(state)
  try {
    return { place: known, config: await readConfig(platform.api, known, signal) }
  } catch (error) {
    if (!isGone(error)) throw error
  }
  const found = await findPlace(platform.api, known.vmid, signal)
  if (found === undefined) return undefined
  const place = { vmid: found.vmid, node: found.node }
  try {
    return { place, config: await readConfig(platform.api, place, signal) }
  } catch (error) {
    if (isGone(error)) return undefined
    throw error
  }
}
