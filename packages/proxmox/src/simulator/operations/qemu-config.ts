import type { ConfigValue, Vm } from '../cluster/cluster.js'
import { isDiskKey } from '../cluster/drives.js'
import { requireDigest, requireUnlocked, requireVm } from '../cluster/guest-config.js'
import { failure } from '../http/platform-error.js'
import { createQuietWorker } from '../tasks/quiet-worker.js'
import { requireConfigRights, requireResources } from './config-rights.js'
import { applyChange, type ConfigChange } from './config-work.js'
import { type Answer, type Call, fork, lockConfig, type Operation, requireQuorum } from './operation.js'
import { normalValue } from './qemu-create.js'
import { refuseRootOnly } from './root-only.js'

const steering = new Set([
  'node',
  'vmid',
  'delete',
  'revert',
  'digest',
  'force',
  'skiplock',
  'background_delay',
  'import-working-storage',
])

interface PlannedChange {
  readonly vm: Vm
  readonly change: ConfigChange
  /** As it stands in the task log, secrets hidden. */
  readonly summary: string
}

function plan(call: Call): PlannedChange {
  refuseRootOnly(call, ['skiplock'])
  const { parameters } = call
  const values = new Map<string, ConfigValue>()
  for (const [key, value] of parameters.entries()) {
    if (!steering.has(key)) values.set(key, typeof value === 'number' ? value : String(value))
  }
  const deletions = parameters.list('delete')
  const reverts = parameters.list('revert')
  if (values.size === 0 && deletions.length === 0 && reverts.length === 0) throw failure('no options specified')
  const vmid = parameters.integer('vmid')
  const gone = deletions.map((key) => [key, call.world.cluster.vms.get(vmid)?.config.get(key)] as const)
  requireConfigRights(call, `/vms/${vmid}`, [...values, ...gone])
  requireResources(call, values)
  requireQuorum(call.world)
  const vm = requireVm(call.world.cluster, call.node, vmid)
  checkUnchanged(call, vm)
  const summary = [
    ...[...values].map(([key, value]) => `-${key} ${key === 'cipassword' ? '<hidden>' : value}`),
    ...deletions.map((key) => `-delete ${key}`),
  ].join(' ')
  const normal = new Map([...values].map(([key, value]) => [key, normalValue(key, value)]))
  return { vm, change: { values: normal, deletions, reverts, destroys: parameters.isSet('force') }, summary }
}

function checkUnchanged(call: Call, vm: Vm): void {
  requireDigest(vm, call.parameters.optionalText('digest'))
  if (!call.parameters.isSet('skiplock')) requireUnlocked(vm)
}

/** Synchronous: the answer comes when everything is written. */
async function writeNow(call: Call): Promise<Answer> {
  const { world } = call
  const { vm, change } = plan(call)
  const apply = async (): Promise<void> => {
    checkUnchanged(call, vm)
    await applyChange(world, createQuietWorker(world.clock, world.timing), vm, change)
  }
  await lockConfig(world, vm.vmid, apply)
  return { data: null }
}

/** As a task; with `background_delay` the answer waits for it and is null when it ended well in time. */
async function writeInTask(call: Call): Promise<Answer> {
  const { world, parameters } = call
  const { vm, change, summary } = plan(call)
  const answer = fork(call, 'qmconfig', String(vm.vmid), async (worker) => {
    worker.log(`update VM ${vm.vmid}: ${summary}`)
    await lockConfig(world, vm.vmid, async () => {
      checkUnchanged(call, vm)
      if ([...change.values.keys()].some(isDiskKey)) await worker.pause(300)
      await applyChange(world, worker, vm, change)
    })
  })
  const seconds = parameters.optionalInteger('background_delay')
  const task = world.tasks.find(String(answer.data))
  if (seconds === undefined || task === undefined) return answer
  await Promise.race([task.finished, world.clock.sleep(seconds * world.timing.lockSecondMs)])
  if (task.exitstatus === undefined) return answer
  if (task.exitstatus === 'OK') return { data: null }
  throw failure(`failed to update VM ${vm.vmid}: ${task.exitstatus}`)
}

export const qemuConfigOperations: readonly Operation[] = [
  { key: 'PUT /nodes/{node}/qemu/{vmid}/config', run: writeNow },
  { key: 'POST /nodes/{node}/qemu/{vmid}/config', run: writeInTask },
]
