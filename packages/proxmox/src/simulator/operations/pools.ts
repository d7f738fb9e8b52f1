import type { Pool } from '../cluster/cluster.js'
import { failure, permissionError } from '../http/platform-error.js'
import type { Answer, Call, Operation } from './operation.js'
import { requireQuorum } from './operation.js'
import { guestRow, type Row, storageRow, visiblePools } from './resource-rows.js'

function members(call: Call, pool: Pool): Row[] {
  const { world } = call
  const type = call.parameters.optionalText('type')
  const guests = [...world.cluster.vms.values()].filter((vm) => vm.pool === pool.id)
  const contact = world.cluster.nodes.get(world.contactNode)
  const storages = [...pool.storages].flatMap((id) => {
    const storage = world.cluster.storages.get(id)
    return storage === undefined || contact === undefined ? [] : [storageRow(world, contact, storage)]
  })
  const rows = [...guests.map((vm) => guestRow(world, vm)), ...storages]
  return type === undefined ? rows : rows.filter((row) => row.type === type)
}

function poolRow(pool: Pool): Row {
  return { poolid: pool.id, ...(pool.comment === undefined ? {} : { comment: pool.comment }) }
}

function listPools(call: Call): Answer {
  const { world, parameters, caller } = call
  const id = parameters.optionalText('poolid')
  if (id === undefined) return { data: visiblePools(world, caller).map(poolRow) }
  if (!world.permissions.has(caller, `/pool/${id}`, 'Pool.Audit')) throw permissionError(`/pool/${id}, Pool.Audit`)
  const pool = requirePool(call, id, 'read pool')
  return { data: [{ ...poolRow(pool), members: members(call, pool) }] }
}

function readPool(call: Call): Answer {
  const id = call.parameters.text('poolid')
  const pool = call.world.cluster.pools.get(id)
  if (pool === undefined) throw failure(`pool '${id}' does not exist`)
  return { data: { ...poolRow(pool), members: members(call, pool) } }
}

function requirePool(call: Call, id: string, what: string): Pool {
  const pool = call.world.cluster.pools.get(id)
  if (pool === undefined) throw failure(`${what} failed: pool '${id}' does not exist`)
  return pool
}

function createPool(call: Call): Answer {
  requireQuorum(call.world)
  const id = call.parameters.text('poolid')
  const { pools } = call.world.cluster
  if (pools.has(id)) throw failure(`create pool failed: pool '${id}' already exists`)
  pools.set(id, { id, comment: call.parameters.optionalText('comment'), storages: new Set() })
  return { data: null }
}

function updatePool(call: Call): Answer {
  requireQuorum(call.world)
  const { world, parameters } = call
  const pool = requirePool(call, parameters.text('poolid'), 'update pools')
  const removes = parameters.isSet('delete')
  for (const vmid of parameters.list('vms').map(Number)) {
    const vm = world.cluster.vms.get(vmid)
    if (vm === undefined) throw failure(`update pools failed: VM ${vmid} does not exist`)
    if (removes && vm.pool !== pool.id) throw failure(`update pools failed: VM ${vmid} is not a pool member`)
    if (!removes && vm.pool !== undefined && vm.pool !== pool.id && !parameters.isSet('allow-move')) {
      throw failure(`update pools failed: VM ${vmid} belongs already to pool '${vm.pool}' and 'allow-move' is not set`)
    }
    vm.pool = removes ? undefined : pool.id
  }
  for (const storage of parameters.list('storage')) {
    if (removes) pool.storages.delete(storage)
    else pool.storages.add(storage)
  }
  pool.comment = parameters.optionalText('comment') ?? pool.comment
  return { data: null }
}

function deletePool(call: Call): Answer {
  requireQuorum(call.world)
  const pool = requirePool(call, call.parameters.text('poolid'), 'delete pool')
  const isEmpty = pool.storages.size === 0 && ![...call.world.cluster.vms.values()].some((vm) => vm.pool === pool.id)
  if (!isEmpty) throw failure(`delete pool failed: pool '${pool.id}' is not empty`)
  call.world.cluster.pools.delete(pool.id)
  return { data: null }
}

export const poolOperations: readonly Operation[] = [
  { key: 'GET /pools', run: listPools },
  { key: 'POST /pools', run: createPool },
  { key: 'PUT /pools', run: updatePool },
  { key: 'DELETE /pools', run: deletePool },
  { key: 'GET /pools/{poolid}', run: readPool },
  { key: 'PUT /pools/{poolid}', run: updatePool },
  { key: 'DELETE /pools/{poolid}', run: deletePool },
]
