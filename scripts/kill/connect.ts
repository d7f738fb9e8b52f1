import { type AnyPlugin, createRegistry, type HypervisorPort, unwrap } from '@dcm/core'
import type { Address } from './task.js'

/** A port to the platform at that address; loads only the plugin that it needs. */
export async function connect(address: Address): Promise<HypervisorPort<AnyPlugin>> {
  if (address.platform === 'memory') {
    const { remoteMemory } = await import('@dcm/core/memory')
    const { url, token } = address
    const config = { type: 'memory', endpoint: 'lab', url, token: { secretValue: token } } as const
    return unwrap(await createRegistry([remoteMemory]).connect(config)) as unknown as HypervisorPort<AnyPlugin>
  }
  const { proxmox } = await import('@dcm/proxmox')
  const { url, fingerprint256, tokenId, tokenSecret } = address
  const auth = { tokenId, secret: { secretValue: tokenSecret } }
  const config = { type: 'proxmox', endpoint: 'lab', url, fingerprint256, auth } as const
  // A typed port knows more than one of any plugin; what is done with it here all of them can.
  return unwrap(await createRegistry([proxmox]).connect(config)) as unknown as HypervisorPort<AnyPlugin>
}
