import type { Vim25Types } from '../../generated/types.js'
import { invalidArgument } from '../fault.js'
import type { Handlers } from './handler.js'

/** What a placement has to tell. Throws InvalidArgument. */
function checkPlacement({ type, configSpec, podSelectionSpec, ...spec }: Vim25Types['StoragePlacementSpec']): void {
  const lacking = (name: keyof typeof spec): void => {
    if (spec[name] === undefined) throw invalidArgument(`storageSpec.${name}`)
  }
  if (type === 'clone') for (const name of ['folder', 'vm', 'cloneName', 'cloneSpec'] as const) lacking(name)
  if (type !== 'create') return
  lacking('resourcePool')
  if (configSpec === undefined) throw invalidArgument('storageSpec.configSpec')
  const known = configSpec.deviceChange.flatMap((change) =>
    'device' in change && 'key' in change.device ? [change.device.key] : [],
  )
  const disks = podSelectionSpec.initialVmConfig.flatMap(({ disk }) => disk)
  if (disks.some(({ diskId }) => !known.includes(diskId)))
    throw invalidArgument('storageSpec.podSelectionSpec.initialVmConfig.disk')
}

export const otherMethods: Handlers = {
  CancelTask(call) {
    call.tasks.cancel(call.target('Task'))
    return undefined
  },
  RecommendDatastores(call, { storageSpec }) {
    const { world } = call
    checkPlacement(storageSpec)
    const pod = storageSpec.podSelectionSpec.storagePod
    const { state } = world.get('StoragePod', pod, 'storageSpec.podSelectionSpec.storagePod')
    const best = (state.childEntity ?? [])
      .map((ref) => world.get('Datastore', ref))
      .sort((a, b) => Number(b.state.summary?.freeSpace ?? 0) - Number(a.state.summary?.freeSpace ?? 0))[0]
    if (best === undefined) return { recommendations: [] }
    return {
      recommendations: [
        {
          key: String(world.next('recommendation')),
          type: 'V1',
          time: world.timestamp(),
          rating: 5,
          reason: 'storagePlacement',
          reasonText: 'Satisfy storage initial placement requests',
          target: best.ref,
          action: [
            {
              _type: 'StoragePlacementAction',
              type: 'StoragePlacementV1',
              relocateSpec: { datastore: best.ref },
              destination: best.ref,
            },
          ],
        },
      ],
    }
  },
}
