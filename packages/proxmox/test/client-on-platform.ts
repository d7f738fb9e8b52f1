import { inspect } from 'node:util'
import { afterEach } from 'vitest'
import {
  createProxmoxClient,
  type ProxmoxClient,
  type ProxmoxClientOptions,
  ProxmoxError,
} from '../src/client/index.js'
import { type LoopbackPlatform, startLoopbackPlatform } from './loopback-platform.js'

export const token = { tokenId: 'root@pam!ci', secret: 'aaaa-bbbb-secret' }
/** Closed after each test, the last first. */
export const open: { close(): Promise<void> }[] = []

afterEach(async () => {
  for (const resource of open.splice(0).reverse()) await resource.close()
})

/** A client that signs in by token, and the server that answers it; both are closed after the test. */
export async function start(
  answer: Parameters<typeof startLoopbackPlatform>[0],
  more: Partial<ProxmoxClientOptions> = {},
): Promise<{ platform: LoopbackPlatform; pve: ProxmoxClient }> {
  const platform = await startLoopbackPlatform(answer, { maxRequestsPerConnection: 100 })
  const pve = createProxmoxClient({ url: platform.url, auth: token, ca: platform.ca, ...more })
  open.push(platform, pve)
  return { platform, pve }
}

export async function failureOf(work: Promise<unknown>): Promise<ProxmoxError> {
  const outcome: unknown = await work.then(
    () => 'no failure',
    (error: unknown) => error,
  )
  if (ProxmoxError.isInstance(outcome)) return outcome
  throw new Error(`not a ProxmoxError: ${inspect(outcome)}`)
}
