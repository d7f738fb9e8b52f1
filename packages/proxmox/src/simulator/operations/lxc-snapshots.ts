import type { Vm } from '../cluster/cluster.js'
import { digestOf, requireUnlocked, requireVm } from '../cluster/guest-config.js'
import { failure } from '../http/platform-error.js'
import { type Answer, type Call, fork, lockConfig, type Operation, requireQuorum } from './operation.js'
import {
  dropSnapshot,
  requireSnapshot,
  requireUsableName,
  revertTo,
  snapshotRows,
  takeSnapshot,
} from './snapshot-work.js'

function containerOf({ world, node, parameters }: Call): Vm {
  return requireVm(world.cluster, node, parameters.integer('vmid'), 'lxc')
}

function list(call: Call): Answer {
  const vm = containerOf(call)
  return { data: snapshotRows(vm, digestOf(vm)) }
}

function create(call: Call): Answer {
  const { world, parameters } = call
  requireQuorum(world)
  const name = parameters.text('snapname')
  requireUsableName(name)
  const vmid = parameters.integer('vmid')
  return fork(call, 'vzsnapshot', String(vmid), (worker) =>
    lockConfig(world, vmid, async () => {
      const vm = containerOf(call)
      requireUnlocked(vm)
      if (vm.snapshots.has(name)) throw failure(`snapshot name '${name}' already used`)
      await worker.pause(700)
      takeSnapshot(world, vm, name, parameters.optionalText('description') ?? '', false)
    }),
  )
}

function rollback(call: Call): Answer {
  const { world, parameters } = call
  requireQuorum(world)
  const vmid = parameters.integer('vmid')
  return fork(call, 'vzrollback', String(vmid), (worker) =>
    lockConfig(world, vmid, async () => {
      const vm = containerOf(call)
      const snapshot = requireSnapshot(vm, parameters.text('snapname'))
      requireUnlocked(vm)
      vm.running = undefined
      await worker.pause(1_500)
      revertTo(world, vm, snapshot)
      if (parameters.isSet('start')) {
        vm.running = {
          pid: worker.pid + 11,
          startedAt: world.clock.now(),
          qmpStatus: 'running',
        }
      }
    }),
  )
}

function remove(call: Call): Answer {
  const { world, parameters } = call
  requireQuorum(world)
  const vmid = parameters.integer('vmid')
  return fork(call, 'vzdelsnapshot', String(vmid), (worker) =>
    lockConfig(world, vmid, async () => {
      const vm = containerOf(call)
      const snapshot = requireSnapshot(vm, parameters.text('snapname'))
      requireUnlocked(vm)
      await worker.pause(500)
      dropSnapshot(world, vm, snapshot)
    }),
  )
}

const base = '/nodes/{node}/lxc/{vmid}/snapshot'

export const lxcSnapshotOperations: readonly Operation[] = [
  { key: `GET ${base}`, run: list },
  { key: `POST ${base}`, run: create },
  { key: `DELETE ${base}/{snapname}`, run: remove },
  { key: `POST ${base}/{snapname}/rollback`, run: rollback },
]
