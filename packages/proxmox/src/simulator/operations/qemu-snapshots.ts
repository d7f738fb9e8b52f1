import { randomUUID } from 'node:crypto'
import type { Vm } from '../cluster/cluster.js'
import { disksOf } from '../cluster/drives.js'
import { digestOf, isTemplate, requireUnlocked, requireVm } from '../cluster/guest-config.js'
import { failure } from '../http/platform-error.js'
import { hasFeature } from './feature-work.js'
import { type Answer, type Call, fork, lockConfig, type Operation, requireQuorum } from './operation.js'
import { bringUp, markStopped } from './power-work.js'
import {
  dropSnapshot,
  requireSnapshot,
  requireUsableName,
  revertTo,
  snapshotConfig,
  snapshotRows,
  takeSnapshot,
} from './snapshot-work.js'

function vmOf({ world, node, parameters }: Call): Vm {
  return requireVm(world.cluster, node, parameters.integer('vmid'))
}

function list(call: Call): Answer {
  const vm = vmOf(call)
  return { data: snapshotRows(vm, digestOf(vm)) }
}

function create(call: Call): Answer {
  const { world, parameters } = call
  requireQuorum(world)
  const name = parameters.text('snapname')
  requireUsableName(name)
  const vmid = parameters.integer('vmid')
  return fork(call, 'qmsnapshot', String(vmid), (worker) =>
    lockConfig(world, vmid, async () => {
      const vm = vmOf(call)
      requireUnlocked(vm)
      if (isTemplate(vm)) throw failure("you can't take a snapshot if it's a template")
      if (vm.snapshots.has(name)) throw failure(`snapshot name '${name}' already used`)
      if (!hasFeature(world, vm, 'snapshot')) throw failure('snapshot feature is not available')
      vm.config.set('lock', 'snapshot')
      for (const drive of disksOf(vm.config)) {
        worker.log(`snapshotting 'drive-${drive.key}' (${drive.file})`)
        await worker.pause(300)
      }
      const keepsMemory = parameters.isSet('vmstate') && vm.running !== undefined
      if (keepsMemory) await worker.pause(2_000)
      takeSnapshot(world, vm, name, parameters.optionalText('description') ?? '', keepsMemory)
      vm.config.delete('lock')
    }),
  )
}

function rollback(call: Call): Answer {
  const { world, parameters } = call
  requireQuorum(world)
  const vmid = parameters.integer('vmid')
  return fork(call, 'qmrollback', String(vmid), (worker) =>
    lockConfig(world, vmid, async () => {
      const vm = vmOf(call)
      const snapshot = requireSnapshot(vm, parameters.text('snapname'))
      requireUnlocked(vm)
      vm.config.set('lock', 'rollback')
      if (vm.running !== undefined) markStopped(vm)
      await worker.pause(700)
      revertTo(world, vm, snapshot)
      if (vm.config.has('vmgenid')) vm.config.set('vmgenid', randomUUID())
      if (snapshot.vmstate || parameters.isSet('start')) await bringUp(world, worker, vm)
    }),
  )
}

function remove(call: Call): Answer {
  const { world, parameters } = call
  requireQuorum(world)
  const name = parameters.text('snapname')
  requireUsableName(name)
  const vmid = parameters.integer('vmid')
  return fork(call, 'qmdelsnapshot', String(vmid), (worker) =>
    lockConfig(world, vmid, async () => {
      const vm = vmOf(call)
      const snapshot = requireSnapshot(vm, name)
      requireUnlocked(vm)
      vm.config.set('lock', 'snapshot-delete')
      await worker.pause(500)
      vm.config.delete('lock')
      dropSnapshot(world, vm, snapshot)
    }),
  )
}

function readConfig(call: Call): Answer {
  return { data: snapshotConfig(requireSnapshot(vmOf(call), call.parameters.text('snapname'))) }
}

function writeConfig(call: Call): Answer {
  requireQuorum(call.world)
  const vm = vmOf(call)
  requireUnlocked(vm)
  const snapshot = requireSnapshot(vm, call.parameters.text('snapname'))
  snapshot.description = call.parameters.optionalText('description') ?? snapshot.description
  return { data: null }
}

const base = '/nodes/{node}/qemu/{vmid}/snapshot'

export const qemuSnapshotOperations: readonly Operation[] = [
  { key: `GET ${base}`, run: list },
  { key: `POST ${base}`, run: create },
  { key: `DELETE ${base}/{snapname}`, run: remove },
  { key: `POST ${base}/{snapname}/rollback`, run: rollback },
  { key: `GET ${base}/{snapname}/config`, run: readConfig },
  { key: `PUT ${base}/{snapname}/config`, run: writeConfig },
]
