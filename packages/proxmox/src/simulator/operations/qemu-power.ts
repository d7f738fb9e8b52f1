import type { Vm } from '../cluster/cluster.js'
import { isAgentEnabled, requireUnlocked, requireVm } from '../cluster/guest-config.js'
import { allocate, requireStorage } from '../cluster/volumes.js'
import { failure } from '../http/platform-error.js'
import { createQuietWorker } from '../tasks/quiet-worker.js'
import type { TaskWorker } from '../tasks/worker.js'
import type { World } from '../world.js'
import { requestHaState } from './ha-work.js'
import { type Answer, type Call, fork, lockConfig, type Operation } from './operation.js'
import { agentAnswers, bringUp, markStopped, obeysPowerButton, startLocked } from './power-work.js'
import { refuseRootOnly } from './root-only.js'

const SHUTDOWN_SECONDS = 60
const POWER_BUTTON_MS = 2_000

function start(call: Call): Answer {
  refuseRootOnly(call)
  const { world, node, parameters } = call
  const vmid = parameters.integer('vmid')
  const managed = world.cluster.vms.get(vmid)
  if (managed?.ha !== undefined) return requestHaState(call, managed, 'started', 'hastart')
  return fork(call, 'qmstart', String(vmid), (worker) =>
    lockConfig(world, vmid, () => startLocked(world, worker, node, vmid)),
  )
}

function stop(call: Call): Answer {
  refuseRootOnly(call)
  const { world, node, parameters } = call
  const vmid = parameters.integer('vmid')
  const managed = world.cluster.vms.get(vmid)
  if (managed?.ha !== undefined) return requestHaState(call, managed, 'stopped', 'hastop')
  if (parameters.isSet('overrule-shutdown')) {
    for (const task of world.tasks.ofNode(node)) {
      if (task.type === 'qmshutdown' && task.id === String(vmid) && task.exitstatus === undefined) task.end('interrupt')
    }
  }
  return fork(call, 'qmstop', String(vmid), (worker) =>
    lockConfig(world, vmid, async () => {
      const vm = requireVm(world.cluster, node, vmid)
      // A guest that does not run is stopped, whatever lock it has.
      if (vm.running === undefined) return
      requireUnlocked(vm)
      await worker.pause(700)
      markStopped(vm)
    }),
  )
}

function shutdown(call: Call): Answer {
  refuseRootOnly(call)
  const { world, node, parameters } = call
  const vmid = parameters.integer('vmid')
  const known = requireVm(world.cluster, node, vmid)
  if (known.running?.qmpStatus === 'paused') throw failure('VM is paused - cannot shutdown')
  if (known.ha !== undefined) return requestHaState(call, known, 'stopped', 'hastop')
  const seconds = parameters.optionalInteger('timeout') ?? SHUTDOWN_SECONDS
  const forces = parameters.isSet('forceStop')
  return fork(call, 'qmshutdown', String(vmid), (worker) =>
    lockConfig(world, vmid, async () => {
      const vm = requireVm(world.cluster, node, vmid)
      if (vm.running === undefined) return
      requireUnlocked(vm)
      await askToStop(world, worker, vm, seconds, forces)
    }),
  )
}

/** Asks through the agent, else by the power button, and waits; what does not stop is terminated only by `forces`. */
async function askToStop(world: World, worker: TaskWorker, vm: Vm, seconds: number, forces: boolean): Promise<void> {
  if (vm.running === undefined) return
  const byAgent = agentAnswers(world, vm)
  if (!byAgent && isAgentEnabled(vm.config)) {
    await world.clock.sleep(Math.min(world.timing.agentPatienceMs, seconds * 1000 * world.timing.taskFactor))
    worker.log(`QEMU Guest Agent is not running - VM ${vm.vmid} qga command 'guest-ping' failed - got timeout`)
  }
  if (byAgent || obeysPowerButton(vm)) {
    await worker.pause(Math.min(POWER_BUTTON_MS, seconds * 1000))
    if (!vm.guest.ignoresShutdown) return markStopped(vm)
  }
  await worker.pause(seconds * 1000)
  if (!forces) throw failure('VM quit/powerdown failed - got timeout')
  worker.log('VM quit/powerdown failed - got timeout')
  worker.log('VM still running - terminating now with SIGTERM')
  await worker.pause(500)
  markStopped(vm)
}

function reboot(call: Call): Answer {
  const { world, node, parameters } = call
  const vmid = parameters.integer('vmid')
  const known = requireRunning(call)
  if (known.running?.qmpStatus === 'paused') throw failure('VM is paused - cannot shutdown')
  const seconds = parameters.optionalInteger('timeout') ?? SHUTDOWN_SECONDS
  return fork(call, 'qmreboot', String(vmid), async (worker) => {
    const vm = await lockConfig(world, vmid, async () => {
      const locked = requireVm(world.cluster, node, vmid)
      requireUnlocked(locked)
      await askToStop(world, worker, locked, seconds, false)
      return locked
    })
    startAgain(world, vm)
  })
}

/** The task ends with the shutdown; a daemon starts the guest again right after. */
function startAgain(world: World, vm: Vm): void {
  // The daemon has nobody to report to: a guest that fails to come up stays stopped.
  bringUp(world, createQuietWorker(world.clock, world.timing), vm).catch(() => {})
}

function reset(call: Call): Answer {
  refuseRootOnly(call)
  const vm = requireRunning(call)
  return fork(call, 'qmreset', String(vm.vmid), (worker) =>
    lockConfig(call.world, vm.vmid, async () => {
      requireUnlocked(vm)
      await worker.pause(300)
      if (vm.running === undefined) throw failure(`VM ${vm.vmid} not running`)
      // The process lives on, so neither its id nor the uptime changes.
      vm.running = { ...vm.running, qmpStatus: 'running' }
      vm.guest.boots += 1
    }),
  )
}

function suspend(call: Call): Answer {
  refuseRootOnly(call)
  const { world, parameters } = call
  const vm = requireRunning(call)
  if (parameters.isSet('todisk')) return suspendToDisk(call, vm)
  return fork(call, 'qmpause', String(vm.vmid), (worker) =>
    lockConfig(world, vm.vmid, async () => {
      requireUnlocked(vm)
      await worker.pause(300)
      if (vm.running !== undefined) vm.running.qmpStatus = 'paused'
    }),
  )
}

function suspendToDisk(call: Call, vm: Vm): Answer {
  const { world, node, parameters } = call
  const storageId = parameters.optionalText('statestorage') ?? stateStorageOf(world, vm)
  const storage = requireStorage(world.cluster, storageId, node)
  return fork(call, 'qmsuspend', String(vm.vmid), (worker) =>
    lockConfig(world, vm.vmid, async () => {
      requireUnlocked(vm)
      vm.config.set('lock', 'suspending')
      const volume = allocate(world.cluster, {
        storage,
        node,
        vmid: vm.vmid,
        sizeBytes: 1024 ** 3,
        format: 'raw',
        ctime: world.clock.seconds(),
        purpose: 'state',
        stateName: 'suspend',
      })
      worker.log(`State is using storage '${storage.id}'`)
      await worker.pause(2_000)
      vm.config.set('vmstate', volume.volid)
      vm.config.set('lock', 'suspended')
      vm.running = undefined
    }),
  )
}

function stateStorageOf(world: World, vm: Vm): string {
  const withImages = [...world.cluster.storages.values()].find((storage) => storage.content.includes('images'))
  const ofVm = [...vm.config.entries()].find(([key]) => /^(?:scsi|virtio|sata|ide)\d+$/.test(key))?.[1]
  const own = ofVm === undefined ? undefined : String(ofVm).split(':')[0]
  return own !== undefined && world.cluster.storages.has(own) ? own : (withImages?.id ?? 'local')
}

function resume(call: Call): Answer {
  refuseRootOnly(call)
  const { world, node, parameters } = call
  const vmid = parameters.integer('vmid')
  const known = requireVm(world.cluster, node, vmid)
  const isSaved = known.config.get('lock') === 'suspended'
  if (known.running === undefined && !isSaved) throw failure(`VM ${vmid} not running`)
  return fork(call, 'qmresume', String(vmid), (worker) =>
    lockConfig(world, vmid, async () => {
      if (isSaved) return await startLocked(world, worker, node, vmid)
      requireUnlocked(known)
      await worker.pause(300)
      if (known.running !== undefined) known.running.qmpStatus = 'running'
    }),
  )
}

function requireRunning(call: Call): Vm {
  const vm = requireVm(call.world.cluster, call.node, call.parameters.integer('vmid'))
  if (vm.running === undefined) throw failure(`VM ${vm.vmid} not running`)
  return vm
}

const base = '/nodes/{node}/qemu/{vmid}/status'

export const qemuPowerOperations: readonly Operation[] = [
  { key: `POST ${base}/start`, run: start },
  { key: `POST ${base}/stop`, run: stop },
  { key: `POST ${base}/shutdown`, run: shutdown },
  { key: `POST ${base}/reboot`, run: reboot },
  { key: `POST ${base}/reset`, run: reset },
  { key: `POST ${base}/suspend`, run: suspend },
  { key: `POST ${base}/resume`, run: resume },
]
