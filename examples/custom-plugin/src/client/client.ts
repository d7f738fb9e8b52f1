import { Agent } from 'node:http'
import { send } from './send.js'
import type { About, Inventory, NewVm, PebbleTask, PebbleVm, PowerAction } from './types.js'

/** The whole API of the appliance, typed. Every method rejects with PebbleError. */
export interface PebbleClient {
  about(signal: AbortSignal): Promise<About>
  inventory(signal: AbortSignal): Promise<Inventory>
  vms(signal: AbortSignal): Promise<readonly PebbleVm[]>
  vm(id: string, signal: AbortSignal): Promise<PebbleVm>
  /** Builds a VM in a task. Refused with `name-taken`: of two that ask for one name at once, one wins. */
  createVm(vm: NewVm, signal: AbortSignal): Promise<{ readonly id: string; readonly task: string }>
  power(id: string, action: PowerAction, signal: AbortSignal): Promise<{ readonly task: string }>
  /** Refused with `wrong-state` while it is on. */
  removeVm(id: string, signal: AbortSignal): Promise<{ readonly task: string }>
  /** Refused with `no-such-task` once the appliance has forgotten it. */
  task(id: string, signal: AbortSignal): Promise<PebbleTask>
  close(): Promise<void>
}

export function createPebbleClient(base: string, token: (signal: AbortSignal) => Promise<string>): PebbleClient {
  const agent = new Agent({ keepAlive: true, maxSockets: 8 })

  // The appliance's answers are trusted to have the shape of its version; a fuller client would check them here.
  async function call<T>(method: string, path: string, signal: AbortSignal, body?: object): Promise<T> {
    const url = new URL(path, base)
    return (await send(agent, { url, method, token: await token(signal), ...(body && { body }) }, signal)) as T
  }
  // Nothing that a caller passes becomes part of a path without this.
  const at = (kind: 'vms' | 'tasks', id: string): string => `/${kind}/${encodeURIComponent(id)}`

  return {
    about: (signal) => call('GET', '/about', signal),
    inventory: (signal) => call('GET', '/inventory', signal),
    vms: (signal) => call('GET', '/vms', signal),
    vm: (id, signal) => call('GET', at('vms', id), signal),
    createVm: (vm, signal) => call('POST', '/vms', signal, vm),
    power: (id, action, signal) => call('POST', `${at('vms', id)}/power`, signal, { action }),
    removeVm: (id, signal) => call('DELETE', at('vms', id), signal),
    task: (id, signal) => call('GET', at('tasks', id), signal),
    close: async () => agent.destroy(),
  }
}
