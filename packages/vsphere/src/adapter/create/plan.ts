import { collectProblems, type ResourceKind } from '@dcm/core'
import { readInventory } from '../inventory.js'
import type { LibraryItem } from '../library/library-items.js'
import { mapResources } from '../map-resources.js'
import type { Platform } from '../platform.js'
import { checkBlank, checkTemplate } from './check-source.js'
import { findDatastores } from './find-datastores.js'
import { findImage } from './find-image.js'
import { backingsOf, findNetworks, networksOf } from './find-networks.js'
import { findPlace, type Place } from './find-place.js'
import { findSource } from './find-source.js'
import { checkInstant } from './instant.js'
import { mapNetworks, readRequirements } from './item.js'
import { checkItem } from './item-form.js'
import { type CreateContext, type CreateState, isInstant } from './state.js'
import type { Survey } from './survey.js'

/** Resolves and checks all that the specification names, all problems at once, before anything is written. */
export async function plan(
  platform: Platform,
  { input, marker, signal }: CreateContext,
): Promise<{ readonly done: true; readonly state: Partial<CreateState> }> {
  const { spec } = input
  const kinds = new Set<ResourceKind>(['host', 'datastore', 'network', 'resource-pool'])
  const { source } = spec
  const instant = isInstant(spec)
  if (source.from === 'template' && 'name' in source.template) kinds.add('template')
  // Where running VMs are copied, they stand in the templates' place.
  const { version } = await platform.facts()
  const rows = await readInventory(platform, kinds, signal, instant ? 'vms' : 'templates')
  const survey: Survey = { spec, rows, resources: mapResources(rows), problems: collectProblems() }
  const meant = source.from === 'template' ? await findSource(platform, survey, source.template, signal) : undefined
  const template = meant?.is === 'vm' ? meant.row : undefined
  const item = meant?.is === 'item' ? meant.item : undefined
  const place = findPlace(survey, template)
  const datastores = place && findDatastores(survey, place, template, item !== undefined)
  if (template !== undefined)
    instant
      ? checkInstant(spec, template, survey.problems)
      : checkTemplate({ spec }, template, version, survey.problems)
  else if (source.from !== 'template') checkBlank(survey)
  await checkTags(platform, survey, signal)
  const networks = place === undefined ? [] : findNetworks(survey, place)
  const deployment = item && place && (await planItem(platform, survey, { item, place, networks }, signal))
  const image =
    source.from === 'image' && place ? await findImage(platform, survey, source.image, place, signal) : undefined
  survey.problems.throwIfAny('the specification')
  const snapshot =
    source.from === 'template' && source.clone === 'linked' ? template?.['snapshot.currentSnapshot'] : undefined
  return {
    done: true,
    state: {
      ...(marker && { id: marker.key }),
      ...place?.state,
      ...datastores,
      networks: await backingsOf(platform, survey, networks, signal),
      ...deployment,
      ...(image !== undefined && { image }),
      ...(template && { source: template.ref.value }),
      ...(snapshot && { snapshot: snapshot.value }),
    },
  }
}

async function checkTags(platform: Platform, { spec, problems }: Survey, signal: AbortSignal): Promise<void> {
  const { tags = [] } = spec
  if (tags.length === 0) return
  const { isVcenter } = await platform.facts()
  if (!isVcenter) problems.invalid('tags', 'cannot be given: a bare ESXi host has no tags')
  else for (const { path, message } of await platform.tags.check(tags, signal)) problems.invalid(path, message)
}

/** What an OVF item asks for at this place, and how its networks are mapped. */
async function planItem(
  platform: Platform,
  survey: Survey,
  {
    item,
    place,
    networks,
  }: { readonly item: LibraryItem; readonly place: Place; readonly networks: readonly string[] },
  signal: AbortSignal,
): Promise<Partial<CreateState>> {
  const asked = await readRequirements(platform, { ...place.state, item: item.id }, signal)
  checkItem(survey.spec, asked, survey.problems)
  const here = networksOf(survey, place)
  const networkMappings = mapNetworks(asked, networks, (name) => here.find((one) => one.name === name)?.id)
  return { item: item.id, networkMappings }
}
