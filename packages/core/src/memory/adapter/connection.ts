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

  return { endpoint, client, call, readTask, place }
}

/** Was the call refused with one of these native codes? */
export function isRefusal(reason: unknown, ...codes: readonly string[]): boolean {
  return HypervisorError.isInstance(reason) && codes.includes(reason.native?.code ?? '')
}
