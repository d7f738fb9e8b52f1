import type { LoopbackReply } from '@dcm/wire/loopback'
import { addItem } from '../libraries/library-store.js'
import { type Machine, setConfig } from '../machines/machine.js'
import { poolOfHost } from '../machines/placement.js'
import { cloneMachine } from '../methods/provision-methods.js'
import { madeBy } from '../tasks/made-by.js'
import type { Ref } from '../world/managed-object.js'
import type { World } from '../world/world.js'
import { describeTemplate } from './describe-template.js'
import { foundItem, foundLibrary } from './found.js'
import { checkItemName } from './library-items.js'
import { datastoreIn, placeIn } from './places.js'
import { invalid, members, optionalText, type RestBody, text } from './rest-body.js'
import type { RestCall, RestService } from './rest-call.js'
import { jsonReply, notFound, RestFault } from './rest-reply.js'

/** Answers below `/api/vcenter/vm-template`; undefined for what the simulator does not have. */
export async function answerTemplateItem(
  service: RestService,
  { method, path, action, body }: RestCall,
): Promise<LoopbackReply | undefined> {
  const [kind, id, ...further] = path
  if (kind !== 'library-items' || further.length > 0) return undefined
  if (id === undefined) return method === 'POST' ? jsonReply(201, await create(service, body)) : undefined
  const template = templateOf(service.world, id)
  if (method === 'GET') return jsonReply(200, describeTemplate(service.world, template))
  return action === 'deploy' ? jsonReply(200, await deploy(service, template, body)) : undefined
}

function templateOf(world: World, id: string): Machine {
  const { template } = foundItem(world, id)
  if (template === undefined) throw notFound('VM template', id)
  if (world.lookUp(template) === undefined)
    throw new RestFault(500, 'RESOURCE_INACCESSIBLE', `The VM of the item ${id} is not there any more.`)
  return world.get('VirtualMachine', template)
}

/** Copies a VM into a template of that name, and makes an item of it. Blocks. */
async function create(service: RestService, body: RestBody): Promise<string> {
  const { world } = service
  const library = foundLibrary(world, text(body, 'library'))
  const name = text(body, 'name')
  checkItemName(world, library.id, name)
  const source = world.get('VirtualMachine', { type: 'VirtualMachine', value: text(body, 'source_vm') })
  const template = await copy(service, source, body, true)
  return addItem(world, {
    library,
    name,
    type: 'vm-template',
    description: optionalText(body, 'description'),
    template,
  }).model.id
}

/** Gives the id of the VM. Blocks. */
async function deploy(service: RestService, template: Machine, body: RestBody): Promise<string> {
  for (const name of ['guest_customization', 'hardware_customization', 'disk_storage_overrides'])
    if (body[name] !== undefined) throw new RestFault(400, 'UNSUPPORTED', `The simulator does not know ${name}.`)
  const { world } = service
  const made = await copy(service, template, body, false)
  const annotation = optionalText(body, 'description')
  if (annotation !== undefined && world.lookUp(made) !== undefined)
    setConfig(world, world.get('VirtualMachine', made), { annotation })
  return made.value
}

async function copy(service: RestService, source: Machine, body: RestBody, asTemplate: boolean): Promise<Ref> {
  const { world } = service
  const placement = body.placement === undefined ? {} : members(body, 'placement')
  const cluster = placeIn(world, placement, 'cluster', 'ClusterComputeResource')
  const pool =
    placeIn(world, placement, 'resource_pool', 'ResourcePool') ??
    (cluster && world.get('ClusterComputeResource', cluster).state.resourcePool)
  const host = placeIn(world, placement, 'host', 'HostSystem')
  if (!asTemplate && pool === undefined && host === undefined) throw invalid('placement names no place')
  const folder = placeIn(world, placement, 'folder', 'Folder') ?? source.state.parent
  if (folder === undefined) throw invalid('placement names no folder')
  const storage = ['vm_home_storage', 'disk_storage'].find((name) => body[name] !== undefined)
  const task = cloneMachine(service, source, {
    folder,
    name: text(body, 'name'),
    spec: {
      location: {
        folder,
        pool: pool ?? (host && poolOfHost(world, host).ref),
        host,
        datastore: storage === undefined ? undefined : datastoreIn(world, members(body, storage), 'datastore'),
        deviceChange: [],
      },
      template: asTemplate,
      powerOn: body.powered_on === true,
    },
  })
  return madeBy(world, task)
}
