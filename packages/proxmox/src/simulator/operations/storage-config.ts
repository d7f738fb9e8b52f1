import { createHash } from 'node:crypto'
import type { Storage } from '../cluster/cluster.js'
import { failure } from '../http/platform-error.js'
import type { World } from '../world.js'
import type { Answer, Call, Operation } from './operation.js'
import type { Row } from './resource-rows.js'

function configRow(world: World, storage: Storage): Row {
  return {
    storage: storage.id,
    type: storage.type,
    content: storage.content.join(','),
    ...(storage.path === undefined ? {} : { path: storage.path }),
    ...storage.options,
    ...(storage.nodes === undefined ? {} : { nodes: storage.nodes.join(',') }),
    digest: digestOf(world),
  }
}

function digestOf(world: World): string {
  const hash = createHash('sha1')
  for (const storage of world.cluster.storages.values()) hash.update(`${storage.id} ${storage.type}\n`)
  return hash.digest('hex')
}

function listConfigurations({ world, caller, parameters }: Call): Answer {
  const type = parameters.optionalText('type')
  const visible = [...world.cluster.storages.values()].filter(
    (storage) =>
      (type === undefined || storage.type === type) &&
      world.permissions.hasAny(caller, `/storage/${storage.id}`, ['Datastore.Audit', 'Datastore.AllocateSpace']),
  )
  return { data: visible.map((storage) => configRow(world, storage)) }
}

function readConfiguration({ world, parameters }: Call): Answer {
  const id = parameters.text('storage')
  const storage = world.cluster.storages.get(id)
  if (storage === undefined) throw failure(`storage '${id}' does not exist`)
  return { data: configRow(world, storage) }
}

export const storageConfigOperations: readonly Operation[] = [
  { key: 'GET /storage', run: listConfigurations },
  { key: 'GET /storage/{storage}', run: readConfiguration },
]
