import type { Step, StepContext } from '@dcm/core'
import type { Platform } from '../platform.js'
import { afterCall, type LockState, lookAtTask, retryAfterLock, waitForLock } from '../task-step.js'
import { assertSameLife, notInTime, placeOf, readStatusAnywhere, type VmState } from './vm-state.js'

export type HardStopState = VmState & LockState & { escalate: boolean }

const stoppedMs = 60_000
const stoppedByHaMs = 180_000

interface HardStopOptions<Input, State> {
  readonly wanted: (context: StepContext<Input, State>) => boolean
}

/** POST status/stop: pulls the plug. A stopped VM succeeds; a VM started anew since the plan is left alone. */
export function hardStopStep<Input, State extends Partial<HardStopState>>(
  platform: Platform,
  options: HardStopOptions<Input, State>,
): Step<Input, State> {
  const known = (context: StepContext<Input, State>) => context.state as Readonly<Partial<HardStopState>>
  const patch = (state: Partial<HardStopState>) => state as Partial<State>
  return {
    name: 'stop',
    repeat: 'safe',
    times: (context) => (options.wanted(context) ? 1 : 0),
    async begin(context) {
      const waiting = waitForLock(known(context), context.now())
      if (waiting) return waiting
      const { status, moved } = await readStatusAnywhere(platform, known(context), context.signal)
      if (status.status === 'stopped') return { done: true, ...(moved && { state: patch(moved) }) }
      assertSameLife(known(context), status)
      const place = { ...placeOf(known(context)), ...moved }
      const overrule = known(context).escalate === true && known(context).ha !== true && (await since8(platform))
      const answer = await platform.api.request(
        'POST /nodes/{node}/qemu/{vmid}/status/stop',
        // A shutdown that is still being waited for holds the VM's lock: from 8 on the stop may end it.
        { ...place, ...(overrule && { 'overrule-shutdown': true }) },
        context,
      )
      return afterCall<State>(answer, moved && patch(moved))
    },
    async poll(context, task) {
      const look = await lookAtTask(platform, task, context.signal)
      if (look.verdict === 'running') return { running: true, retryAfterMs: 500 }
      if (look.verdict === 'lost') return { vanished: true }
      if (look.verdict === 'succeeded') return { done: true, warnings: look.warnings }
      if (/not running/.test(look.error.message)) return { done: true }
      const again = retryAfterLock('stop', look.error, known(context), context.now())
      if (again) return { goTo: again.goTo, state: patch(again.state) }
      throw look.error
    },
  }
}

interface StoppedOptions<Input, State> {
  readonly wanted: (context: StepContext<Input, State>) => boolean
  /** What to do when it does not stop: go on elsewhere, or fail. */
  readonly late?: (context: StepContext<Input, State>) => { goTo: string; state: Partial<State> } | undefined
  /** How long to wait beyond what the platform takes anyway. */
  readonly graceMs?: (context: StepContext<Input, State>) => number
}

/** Waits until the VM is seen stopped: HA-managed VMs stop some time after they were asked. */
export function stoppedStep<Input, State extends Partial<VmState>>(
  platform: Platform,
  options: StoppedOptions<Input, State>,
): Step<Input, State> {
  return {
    name: 'stopped',
    repeat: 'read',
    times: (context) => (options.wanted(context) ? 1 : 0),
    begin: () => Promise.resolve({ task: null, retryAfterMs: 0 }),
    async poll(context) {
      const known = context.state as Readonly<Partial<VmState>>
      const { status, moved } = await readStatusAnywhere(platform, known, context.signal)
      const state = moved && (moved as Partial<VmState> as Partial<State>)
      if (status.status === 'stopped') return { done: true, ...(state && { state }) }
      const waited = context.now() - context.begunAt
      const limit = (known.ha === true ? stoppedByHaMs : stoppedMs) + (options.graceMs?.(context) ?? 0)
      if (waited <= limit) return { running: true, retryAfterMs: waited < 5000 ? 500 : 2000, ...(state && { state }) }
      const elsewhere = options.late?.(context)
      if (elsewhere) return elsewhere
      throw notInTime(`VM ${known.vmid} was asked to stop and still runs after ${limit} ms`, limit, 'unknown')
    },
  }
}

/** Proxmox VE 8 and later know `overrule-shutdown`. */
export async function since8(platform: Platform): Promise<boolean> {
  const { release } = await platform.api.version()
  return Number.parseInt(release, 10) >= 8
}
