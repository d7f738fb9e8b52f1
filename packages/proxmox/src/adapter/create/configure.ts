import { HypervisorError, type Step } from '@dcm/core'
import { ProxmoxError } from '../../client/error.js'
import { readConfig } from '../locate.js'
import { readDescription } from '../map-description.js'
import { drivesOf } from '../map-disks.js'
import { writeSize } from '../map-sizes.js'
import { markerTag } from '../map-tags.js'
import type { Platform, VmConfig } from '../platform.js'
import { placeOf } from '../power/vm-state.js'
import { afterCall, lookAtTask, retryAfterLock, stillRunning, waitForLock } from '../task-step.js'
import { type CreateContext, type CreateInput, type CreateState, markerOf } from './state.js'
import { wantedConfig } from './wanted-config.js'

const mostTries = 5

/** POST config: what the clone does not have from its template. With the digest of what was just read. */
export function configureStep(platform: Platform): Step<CreateInput, CreateState> {
  return {
    name: 'configure',
    repeat: 'safe',
    times: ({ state, input }) => (state.finished !== true && input.spec.source.from === 'template' ? 1 : 0),
    async begin(context) {
      const { state, input, signal } = context
      const waiting = waitForLock(state, context.now())
      if (waiting) return waiting
      const place = placeOf(state)
      const config = await readConfig(platform.api, place, signal)
      assertOurs(config, context)
      // Another run has helped it to its end: from now on it is its owner's.
      if (isFinished(config)) return { goTo: 'lookup', forget: ['clone', 'create'] }
      const secret = input.spec.customization?.password
      const { changes, grow, seed } = wantedConfig({
        spec: input.spec,
        config,
        bridges: state.bridges ?? [],
        diskStorages: state.diskStorages ?? [],
        password: secret && (await context.reveal(secret)).reveal(),
        tag: markerTag(markerOf(context).key),
      })
      const next = {
        grow: grow.map(([key, bytes]): [string, number] => [key, bytes]),
        seed: seed || state.seed === true,
      }
      if (Object.keys(changes).length === 0) return { done: true, state: next }
      try {
        const answer = await platform.api.request(
          'POST /nodes/{node}/qemu/{vmid}/config',
          // Keys of the configuration, built by names that it has; the types know every single one of them.
          { ...place, digest: config.digest, ...changes },
          { signal },
        )
        return afterCall(answer, next)
      } catch (error) {
        return changedMeanwhile('configure', error, state.configTries ?? 0)
      }
    },
    async poll(context, task) {
      const look = await lookAtTask(platform, task, context.signal)
      if (look.verdict === 'running') return stillRunning(context)
      if (look.verdict === 'lost') return { vanished: true }
      if (look.verdict === 'succeeded') return { done: true, warnings: look.warnings }
      const again = retryAfterLock('configure', look.error, context.state, context.now())
      if (again) return again
      return changedMeanwhile('configure', look.error, context.state.configTries ?? 0)
    },
  }
}

function isFinished({ description }: VmConfig): boolean {
  return readDescription(description).draft === undefined
}

/** Somebody changed the configuration between our look and our write: look again, some times. */
export function changedMeanwhile(
  step: string,
  error: unknown,
  tries: number,
): { goTo: string; state: { configTries: number } } {
  if (ProxmoxError.isInstance(error) && error.kind === 'digest-mismatch' && tries < mostTries) {
    return { goTo: step, state: { configTries: tries + 1 } }
  }
  throw error
}

/** Somebody put another VM in the place of ours. */
export function assertOurs(config: VmConfig, context: CreateContext): void {
  if (readDescription(config.description).marker?.key === markerOf(context).key) return
  const { vmid } = placeOf(context.state)
  const message = `VM ${vmid} no longer carries the marker of this creation: somebody changed its description, or replaced it`
  throw new HypervisorError('CONFLICT', message, { resource: String(vmid), details: { reason: 'stale' } })
}

/** PUT resize, once for each disk that has to grow, to an absolute size: repeating it changes nothing. */
export function growStep(platform: Platform): Step<CreateInput, CreateState> {
  return {
    name: 'grow',
    repeat: 'safe',
    times: ({ state }) => (state.finished === true ? 0 : (state.grow?.length ?? 0)),
    async begin(context) {
      const waiting = waitForLock(context.state, context.now())
      if (waiting) return waiting
      const [disk, bytes] = context.state.grow?.[context.index] ?? []
      if (disk === undefined || bytes === undefined) return { done: true }
      const place = placeOf(context.state)
      const config = await readConfig(platform.api, place, context.signal)
      const size = drivesOf(config).find(({ key }) => key === disk)?.sizeBytes ?? 0
      if (size >= bytes) return { done: true }
      const answer = await platform.api.request(
        'PUT /nodes/{node}/qemu/{vmid}/resize',
        // The key was read from the configuration's own drives.
        { ...place, disk: disk as 'scsi0', size: writeSize(bytes) },
        context,
      )
      return afterCall(answer)
    },
    async poll(context, task) {
      const look = await lookAtTask(platform, task, context.signal)
      if (look.verdict === 'running') return stillRunning(context)
      if (look.verdict === 'lost') return { vanished: true }
      if (look.verdict === 'succeeded') return { done: true, warnings: look.warnings }
      throw look.error
    },
  }
}

/** PUT cloudinit: writes the drive anew. The platform does it at a start too, so a refusal is no failure. */
export function seedStep(platform: Platform): Step<CreateInput, CreateState> {
  return {
    name: 'seed',
    repeat: 'safe',
    times: ({ state }) => (state.finished !== true && state.seed === true ? 1 : 0),
    async begin(context) {
      try {
        await platform.api.request('PUT /nodes/{node}/qemu/{vmid}/cloudinit', placeOf(context.state), context)
        return { done: true }
      } catch (error) {
        const refused = ProxmoxError.isInstance(error) && ['permission-denied', 'unsupported'].includes(error.kind)
        if (refused)
          return { done: true, warnings: [`the cloud-init drive is written at the next start: ${error.message}`] }
        throw error
      }
    },
  }
}
