import type { ProxmoxSimulator } from '../src/simulator/index.js'
import { type RawReply, rawRequest } from './raw-client.js'

export interface TaskEnd {
  readonly upid: string
  readonly exitstatus: string
  readonly log: readonly string[]
}

/** Calls a simulator with an API token, in forms, past our own client. */
export interface SimulatorSession {
  call(method: string, path: string, parameters?: Readonly<Record<string, string>>): Promise<RawReply>
  /** Calls, and waits until the simulator itself says that the task is over. */
  task(method: string, path: string, parameters?: Readonly<Record<string, string>>): Promise<TaskEnd>
}

export function sessionWith(
  simulator: ProxmoxSimulator,
  token: string = simulator.credentials.token,
): SimulatorSession {
  async function call(method: string, path: string, parameters?: Readonly<Record<string, string>>): Promise<RawReply> {
    const form = parameters === undefined ? '' : new URLSearchParams(parameters).toString()
    const inQuery = method === 'GET' || method === 'DELETE'
    const target = `/api2/json${path}${inQuery && form !== '' ? `?${form}` : ''}`
    return await rawRequest(simulator, method, target, {
      headers: { authorization: `PVEAPIToken=${token}` },
      ...(inQuery || form === '' ? {} : { body: form }),
    })
  }
  return {
    call,
    async task(method, path, parameters) {
      const reply = await call(method, path, parameters)
      if (reply.status !== 200 || typeof reply.data !== 'string') {
        throw new Error(`${method} ${path} is no task: ${reply.status} ${reply.text}`)
      }
      return await taskEnd(simulator, reply.data)
    },
  }
}

export async function taskEnd(simulator: ProxmoxSimulator, upid: string): Promise<TaskEnd> {
  for (;;) {
    const task = simulator.tasks().find((known) => known.upid === upid)
    if (task?.exitstatus !== undefined) return { upid, exitstatus: task.exitstatus, log: task.log }
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
}
