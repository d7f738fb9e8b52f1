import type { Limiter } from '../limits/limiter.js'
import { nativeOf } from '../port/native-of.js'
import type { HypervisorPort } from '../port.js'
import { createRegistry } from '../registry/create-registry.js'
import type { RegistryOptions } from '../registry/registry.js'
import { unwrap } from '../result.js'
import { type FakeNative, type FakePlugin, fake } from './fake-platform.js'

/** A port to a new fake platform, and the platform itself. */
export async function connectFake(
  options: RegistryOptions & { readonly limiter?: Limiter } = {},
): Promise<{ readonly port: HypervisorPort<FakePlugin>; readonly native: FakeNative }> {
  const config = { type: 'fake', endpoint: 'lab', host: 'h', token: { secretValue: 'hunter2' } } as const
  const port = unwrap(await createRegistry([fake], options).connect(config))
  return { port, native: nativeOf(port, fake) }
}

/** The error of a result that must have failed. */
export function errorOf<E>(result: { readonly ok: true } | { readonly ok: false; readonly error: E }): E {
  if (!result.ok) return result.error
  throw new Error('the call succeeded')
}
