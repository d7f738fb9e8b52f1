import type { AnyPlugin, NativeOf } from '../plugin.js'
import type { HypervisorPort } from '../port.js'

const natives = new WeakMap<object, { readonly type: string; readonly native: unknown }>()

export function rememberNative(port: object, type: string, native: unknown): void {
  natives.set(port, { type, native })
}

/**
 * The typed vendor client of a port, for what the port does not cover. Throws a TypeError if the port is connected to
 * another platform.
 */
export function nativeOf<P extends AnyPlugin>(port: HypervisorPort, plugin: P): NativeOf<P> {
  const entry = natives.get(port)
  if (!entry)
    throw new TypeError('this port was not made by this copy of @dcm/core: npm ls @dcm/core shows how many there are')
  if (entry.type !== plugin.type) {
    throw new TypeError(`this port is connected to '${entry.type}', not to '${plugin.type}'`)
  }
  // The native client was made by the plugin of this type.
  return entry.native as NativeOf<P>
}
