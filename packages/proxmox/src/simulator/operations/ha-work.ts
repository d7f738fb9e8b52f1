import type { Vm } from '../cluster/cluster.js'
import { createQuietWorker } from '../tasks/quiet-worker.js'
import type { World } from '../world.js'
import { type Answer, type Call, fork } from './operation.js'
import { bringUp, markStopped } from './power-work.js'

/** A managed guest is not started or stopped by the call: it hands the wish to the HA manager and ends. */
export function requestHaState(call: Call, vm: Vm, state: 'started' | 'stopped', type: 'hastart' | 'hastop'): Answer {
  const { world } = call
  return fork(call, type, String(vm.vmid), async (worker) => {
    worker.log(`Requesting HA ${state === 'started' ? 'start' : 'stop'} for VM ${vm.vmid}`)
    await worker.pause(300)
    if (vm.ha !== undefined) vm.ha.requested = state
    void settle(world, vm)
  })
}

/** The manager's next round: it does what was asked for. */
export async function settle(world: World, vm: Vm): Promise<void> {
  try {
    await world.clock.sleep(world.timing.haRoundMs)
    if (vm.ha === undefined || world.cluster.vms.get(vm.vmid) !== vm) return
    const wantsRunning = vm.ha.requested === 'started'
    if (wantsRunning && vm.running === undefined) await bringUp(world, createQuietWorker(world.clock, world.timing), vm)
    if (!wantsRunning && vm.running !== undefined) markStopped(vm)
    if (vm.ha !== undefined) vm.ha.state = vm.ha.requested
  } catch {
    // The manager tries again in its own time; nobody waits for this attempt.
    if (vm.ha !== undefined) vm.ha.state = 'error'
  }
}
