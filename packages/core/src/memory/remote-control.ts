import { Secret } from '../secrets/secret.js'
import { createCaller } from './client/remote-channel.js'
import type { MemoryControl } from './platform/control.js'

/** The switches of a platform that another process serves: the same, each answering later. */
export type RemoteMemoryControl = {
  readonly [K in keyof MemoryControl]: (...args: Parameters<MemoryControl[K]>) => Promise<ReturnType<MemoryControl[K]>>
} & { close(): Promise<void> }

export function remoteControl(served: { readonly url: string; readonly token: string }): RemoteMemoryControl {
  const caller = createCaller(served.url, async () => new Secret(served.token))
  const operate =
    (method: string) =>
    (...args: readonly unknown[]) =>
      caller.call('control', { method, args })
  const switches = new Proxy(
    { close: () => caller.close() },
    {
      // A promise asks everything whether it is one, too.
      get: (own, name) => (name in own ? Reflect.get(own, name) : name === 'then' ? undefined : operate(String(name))),
    },
  )
  // Every other member is a switch, sent by its name; the server refuses names that are none.
  return switches as unknown as RemoteMemoryControl
}
