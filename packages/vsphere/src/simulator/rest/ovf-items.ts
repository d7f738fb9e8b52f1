import type { LoopbackReply } from '@dcm/wire/loopback'
import { VimFault } from '../fault.js'
import { deployOvf } from '../libraries/deploy-ovf.js'
import { librariesOf, packageOf, type StoredItem } from '../libraries/library-store.js'
import type { OvfPackage } from '../ovf/package.js'
import { madeBy } from '../tasks/made-by.js'
import type { Ref } from '../world/managed-object.js'
import type { World } from '../world/world.js'
import { foundItem } from './found.js'
import { datastoreIn, placeIn } from './places.js'
import { flag, invalid, members, optionalText, type RestBody } from './rest-body.js'
import type { RestCall, RestService } from './rest-call.js'
import { jsonReply, RestFault, restFaultOf } from './rest-reply.js'

/** Answers below `/api/vcenter/ovf`; undefined for what the simulator does not have. */
export async function answerOvfItem(service: RestService, call: RestCall): Promise<LoopbackReply | undefined> {
  const { world } = service
  const [kind, id] = call.path
  if (kind !== 'library-item' || id === undefined) return undefined
  const item = foundItem(world, id)
  if (call.action === 'filter') return filter(world, item, call.body)
  return call.action === 'deploy' ? deploy(service, item, call) : undefined
}

function packageIn(item: StoredItem): OvfPackage {
  if (item.model.type !== 'ovf') throw invalid(`The item ${item.model.id} is not of the type ovf.`)
  const ovf = packageOf(item)
  if (ovf === undefined)
    throw new RestFault(500, 'RESOURCE_INACCESSIBLE', `The item ${item.model.id} has no package that can be read.`)
  return ovf
}

/** Throws NOT_FOUND for places that are not there. */
function readTarget(world: World, body: RestBody) {
  const target = members(body, 'target')
  const pool = placeIn(world, target, 'resource_pool_id', 'ResourcePool')
  if (pool === undefined) throw invalid('resource_pool_id is missing')
  return {
    pool,
    host: placeIn(world, target, 'host_id', 'HostSystem'),
    folder: placeIn(world, target, 'folder_id', 'Folder'),
  }
}

function filter(world: World, item: StoredItem, body: RestBody): LoopbackReply {
  readTarget(world, body)
  const { name, annotation, eulas, networks } = packageIn(item)
  return jsonReply(200, {
    name,
    ...(annotation !== '' && { annotation }),
    EULAs: eulas,
    networks,
    storage_groups: [],
    additional_params: [],
  })
}

/** Blocks until the VM is there, or is not to be; the caller may leave meanwhile. */
async function deploy(service: RestService, item: StoredItem, { body, query }: RestCall): Promise<LoopbackReply> {
  const { world, tasks, userName } = service
  const { deployed } = librariesOf(world)
  const token = query.get('client_token')
  const known = token === null ? undefined : deployed.get(token)
  if (known !== undefined) return jsonReply(200, known)
  const target = readTarget(world, body)
  const spec = members(body, 'deployment_spec')
  const accepted = flag(spec, 'accept_all_EULA')
  const ovf = packageIn(item)
  const mappings = Object.entries(spec.network_mappings === undefined ? {} : members(spec, 'network_mappings'))
  // Reported of vCenter: terraform-provider-vsphere#1345, govmomi#2508.
  if (mappings.some(([name]) => !ovf.networks.includes(name))) return { status: 500, body: '' }
  const networks = new Map(mappings.map(([name, id]) => [name, networkOf(world, id)]))
  const datastore = datastoreIn(world, spec, 'default_datastore_id')
  if (ovf.eulas.length > 0 && !accepted) {
    const message = {
      id: 'com.vmware.ovf.eula',
      default_message: 'The license agreements were not accepted.',
      args: [],
    }
    return failed({ category: 'INPUT', name: 'accept_all_EULA', value: 'false', message })
  }
  try {
    const task = deployOvf(world, tasks, {
      ...target,
      ovf,
      datastore,
      networks,
      userName,
      name: optionalText(spec, 'name') ?? ovf.name,
      annotation: optionalText(spec, 'annotation') ?? ovf.annotation,
    })
    const { type, value: id } = await madeBy(world, task)
    const result = { succeeded: true, resource_id: { type, id } }
    if (token !== null) deployed.set(token, result)
    return jsonReply(200, result)
  } catch (error) {
    if (!(error instanceof VimFault)) throw error
    return failed({ category: 'SERVER', error: restFaultOf(error.fault._type, error.message).value })
  }
}

/** The status says nothing of it. */
function failed(error: object): LoopbackReply {
  return jsonReply(200, { succeeded: false, error: { errors: [error], warnings: [], information: [] } })
}

function networkOf(world: World, id: unknown): Ref {
  const network = world.all('Network').find(({ ref }) => ref.value === id)
  if (network === undefined) throw invalid(`There is no network ${id}.`)
  return network.ref
}
