import { HypervisorError, type Step } from '@dcm/core'
import { reference } from '../../client/reference.js'
import { encodeName } from '../map-names.js'
import type { Platform } from '../platform.js'
import { deviceChanges } from './devices.js'
import type { CreateContext, CreateInput, CreateState } from './state.js'

/** Asks a datastore cluster which member to take, and keeps the answer in the handle: the next answer may be another. */
export function placeStep(platform: Platform): Step<CreateInput, CreateState> {
  return {
    name: 'place',
    repeat: 'read',
    times: ({ state }) => (state.pod === undefined || state.adopted === true || state.datastore !== undefined ? 0 : 1),
    async begin(context) {
      const datastore = await recommended(platform, context)
      if (datastore === undefined) {
        throw new HypervisorError(
          'RESOURCE_EXHAUSTED',
          `the datastore cluster ${context.state.pod} has no member to recommend`,
          {
            details: { resource: 'datastore' },
          },
        )
      }
      const { name } = await platform.api.read(datastore, 'Datastore', ['name'], { signal: context.signal })
      return { done: true, state: { datastore: datastore.value, datastoreName: name } }
    },
  }
}

async function recommended(platform: Platform, { input, state, signal }: CreateContext) {
  const { storageResourceManager } = await platform.api.serviceContent()
  if (storageResourceManager === undefined) {
    throw new HypervisorError('UNSUPPORTED', 'this server has no datastore clusters', {
      details: { feature: 'storagePod' },
    })
  }
  const { spec } = input
  const pool = reference('ResourcePool', state.pool ?? '')
  const storagePod = reference('StoragePod', state.pod ?? '')
  const name = encodeName(spec.name)
  const place = { resourcePool: pool, folder: reference('Folder', state.folder ?? '') }
  const fromSource = state.source !== undefined
  // Of a new VM the disks are told, so that a member is recommended that has room for them; a copy's are known there.
  const deviceChange = fromSource ? [] : deviceChanges([], spec, state)
  const disk = deviceChange.flatMap((change) => {
    if (!('device' in change) || change.device._type !== 'VirtualDisk') return []
    return [{ diskId: change.device.key }]
  })
  const podSelectionSpec = { storagePod, initialVmConfig: [{ storagePod, disk }] }
  const storageSpec = fromSource
    ? {
        type: 'clone',
        ...place,
        podSelectionSpec,
        vm: reference('VirtualMachine', state.source ?? ''),
        cloneSpec: { location: { pool }, template: false, powerOn: false },
        cloneName: name,
      }
    : { type: 'create', ...place, podSelectionSpec, configSpec: { name, deviceChange } }
  const { recommendations } = await platform.api.call(
    storageResourceManager,
    'RecommendDatastores',
    { storageSpec },
    { signal },
  )
  for (const { action } of recommendations) {
    for (const step of action) if (step._type === 'StoragePlacementAction') return step.destination
  }
  return undefined
}
