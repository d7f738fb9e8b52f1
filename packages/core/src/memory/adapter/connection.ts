import { HypervisorError } from '../../errors/hypervisor-error.js'
import { createBatcher } from '../../operations/batch.js'
import type { MemoryClient } from '../client/native-client.js'
import type { AnswerOf, ArgsOf, NativeCall } from '../platform/native-calls.js'
import type { NativeTask } from '../platform/native-types.js'
import { type ErrorPlace, mapError } from './map-errors.js'

/** What every part of the adapter stands on: native calls whose failures are the port's errors. */
export interface Connection {
  readonly endpoint: string
  readonly client: MemoryClient
  call<C extends NativeCall>(call: C, args: ArgsOf<C>, signal: AbortSignal): Promise<AnswerOf<C>>
  /** The task, or undefined when the platform knows it no more. All that are asked for in one turn cost one call. */
  readTask(id: string): Promise<NativeTask | undefined>
  /**
   * May a clone of the template begin now? All who ask in one turn cost one call, and no more of them than have room are
   * told so: the others would only be refused.
   */
  hasCloneRoom(template: string): Promise<boolean>
  place(call: string, vm?: string): ErrorPlace
}

export function createConnection(client: MemoryClient, endpoint: string): Connection {
  const place = (call: string, vm?: string): ErrorPlace => ({
    endpoint,
    call,
    ...(vm !== undefined && { vm }),
    retryAfterMs: client.pollMs(),
  })

  async function call<C extends NativeCall>(name: C, args: ArgsOf<C>, signal: AbortSignal): Promise<AnswerOf<C>> {
    try {
      return await client.call(name, args, signal)
    } catch (reason) {
      const { id } = args as { readonly id?: string }
      throw mapError(reason, place(name, id))
    }
  }

  const readTask = createBatcher(async (ids: readonly string[]) => {
    // Many operations share the request, so none of their signals may end it.
    const tasks = await call('task.read', { ids: [...new Set(ids)] }, AbortSignal.timeout(30_000))
    return ids.map((id) => tasks.find((task) => task.id === id))
  })

  const hasCloneRoom = createBatcher(async (wanted: readonly string[]) => {
    const templates = [...new Set(wanted)]
    const rooms = await call('clone.room', { templates }, AbortSignal.timeout(30_000))
    const left = new Map(templates.map((template, index) => [template, rooms[index] ?? 0]))
    return wanted.map((template) => {
      const room = left.get(template) ?? 0
      left.set(template, room - 1)
      return room > 0
    })
  })

  return { endpoint, client, call, readTask, hasCloneRoom, place }
}

/** Was the call refused with one of these native codes? */
export function isRefusal(reason: unknown, ...codes: readonly string[]): boolean {
  return HypervisorError.isInstance(reason) && codes.includes(reason.native?.code ?? '')
}
