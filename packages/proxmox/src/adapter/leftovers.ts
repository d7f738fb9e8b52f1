import { ProxmoxError } from '../client/error.js'
import type { ProxmoxApi, VmPlace } from './platform.js'

/** Volumes that carry a VM's id on these storages of its node. A storage that may not be listed is passed over. */
export async function volumesOnStorages(
  api: Pick<ProxmoxApi, 'request'>,
  place: VmPlace,
  storages: readonly string[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  const lists = await Promise.all(
    storages.map(async (storage) => {
      try {
        return await api.request(
          'GET /nodes/{node}/storage/{storage}/content',
          { node: place.node, storage, vmid: place.vmid },
          { signal },
        )
      } catch (error) {
        const seen = ProxmoxError.isInstance(error) && ['permission-denied', 'not-found'].includes(error.kind)
        if (seen) return []
        throw error
      }
    }),
  )
  // Backups carry the id too, and are nobody's leftovers.
  return lists
    .flat()
    .filter(({ content }) => content === 'images' || content === 'rootdir')
    .map(({ volid }) => volid)
}

/** The storage in a volume id. */
export function storageOfVolume(volid: string): string {
  return volid.split(':', 1)[0] ?? volid
}
