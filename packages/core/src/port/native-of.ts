import type { AnyPlugin, NativeOf } from '../plugin.js'
import type { HypervisorPort } from '../port.js'

const natives = new WeakMap<HypervisorPort, unknown>()

export function rememberNative(port: HypervisorPort, native: unknown): void {
  natives.set(port, native)
}

/**
 * The typed vendor client of a port, for what the port does not cover. Throws a TypeError if the port is connected to
 * another platform.
 */
export function nativeOf<P extends AnyPlugin>(port: HypervisorPort, plugin: P): NativeOf<P> {
  if (!natives.has(port))
    throw new TypeError('this port was not made by this copy of @dcm/core: npm ls @dcm/core shows how many there are')
  const { type } = port.plugin
  if (type !== plugin.type) throw new TypeError(`this port is connected to '${type}', not to '${plugin.type}'`)
  // The native client was made by the plugin of this type.
  return natives.get(port) as NativeOf<P>
}
