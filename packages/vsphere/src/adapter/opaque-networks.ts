import { createBatcher } from '@dcm/core'
import type { VsphereClient } from '../client/client.js'
import { reference } from '../client/reference.js'
import { knownForAWhile } from './known-for-a-while.js'
import { type DetailRow, isNic, type OpaqueIds } from './map-vm.js'

/** The opaque networks that a VM is on. Nothing is read of a VM that has no card on such a network. */
export type OpaqueNetworks = (row: Pick<DetailRow, 'network' | 'config.hardware.device'>) => Promise<OpaqueIds>

const limits = { lifetimeMs: 60_000, most: 10_000 }

/**
 * A card names an opaque (NSX) network by the id that NSX gave it. Each datacenter that the network reaches has an object for it, all
 * of one such id: which of them is meant, the VM's own list of networks tells. What an object stands for is read once
 * in a while, for all who ask in one call.
 */
export function createOpaqueNetworks(api: VsphereClient): OpaqueNetworks {
  const opaqueIdOf = knownForAWhile(
    createBatcher<string, string | undefined>((networks) => readOpaqueIds(api, networks)),
    limits,
  )
  return async (row) => {
    const ids = new Map<string, string>()
    const isOnOne = (row['config.hardware.device'] ?? [])
      .filter(isNic)
      .some(({ backing }) => backing?._type === 'VirtualEthernetCardOpaqueNetworkBackingInfo')
    if (!isOnOne) return ids
    const networks = (row.network ?? []).filter(({ type }) => type === 'OpaqueNetwork')
    await Promise.all(
      networks.map(async ({ value }) => {
        const opaqueId = await opaqueIdOf(value)
        if (opaqueId !== undefined) ids.set(opaqueId, value)
      }),
    )
    return ids
  }
}

async function readOpaqueIds(api: VsphereClient, networks: readonly string[]): Promise<(string | undefined)[]> {
  const refs = networks.map((id) => reference('OpaqueNetwork', id))
  const found = new Map<string, string>()
  for await (const { ref, summary } of api.readMany(refs, 'OpaqueNetwork', ['summary'], { missing: 'allow' })) {
    if (summary !== undefined && 'opaqueNetworkId' in summary) found.set(ref.value, summary.opaqueNetworkId)
  }
  return networks.map((id) => found.get(id))
}
