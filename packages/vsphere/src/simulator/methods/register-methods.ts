import { vimFault } from '../fault.js'
import { type Config, configOf, type Machine } from '../machines/machine.js'
import { claimName, displayName, storedName } from '../machines/names.js'
import { place } from '../machines/placement.js'
import { postEvent } from '../world/events.js'
import type { Ref } from '../world/managed-object.js'
import { reference } from '../world/reference.js'
import type { World } from '../world/world.js'
import type { Call, Handlers, Request } from './handler.js'
import { appear } from './provision-methods.js'

/** A file of a VM that was unregistered comes back as it was. */
function registerVm(call: Call, request: Request<'RegisterVM_Task'>): Ref {
  const { world, tasks } = call
  const folder = call.target('Folder')
  const left = unregistered.get(world)?.get(request.path)
  let release = (): void => {}
  return tasks.start({
    method: call.method,
    entity: folder,
    userName: call.session.userName,
    durationMs: world.timing.create,
    check() {
      if (left === undefined)
        throw vimFault('FileNotFound', { file: request.path }, `File ${request.path} was not found`)
      release = claimName(world, folder, storedName(request.name ?? left.config.name))
    },
    undo: () => release(),
    finish() {
      if (left === undefined) throw vimFault('FileNotFound', { file: request.path })
      const { pool, host } = place(world, request, left.datastore)
      unregistered.get(world)?.delete(request.path)
      const name = storedName(request.name ?? left.config.name)
      const config = { ...left.config, name, template: request.asTemplate }
      const order = {
        config,
        folder,
        pool: request.asTemplate ? undefined : pool.ref,
        host: host.ref,
        datastore: left.datastore,
      }
      return reference(
        appear(world, order, (machine) => {
          release()
          postEvent(world, 'VmRegisteredEvent', machine, `Registered ${displayName(name)}`, {})
        }),
      )
    },
  })
}

interface Unregistered {
  readonly config: Config
  readonly datastore: Ref
}
const unregistered = new WeakMap<World, Map<string, Unregistered>>()

/** Keeps the files of a VM that leaves the inventory. */
export function keepFiles(world: World, machine: Machine): void {
  const files = unregistered.get(world) ?? new Map<string, Unregistered>()
  unregistered.set(world, files)
  const config = configOf(machine)
  const datastore = machine.state.datastore?.[0]
  if (datastore !== undefined) files.set(config.files.vmPathName ?? '', { config, datastore })
}

export const registerMethods: Handlers = {
  RegisterVM_Task: registerVm,
}
