import { type ResourceOf, resolveReference } from '@dcm/core'
import { reference } from '../../client/reference.js'
import type { Platform } from '../platform.js'
import type { Place } from './find-place.js'
import type { NetworkBacking } from './state.js'
import { ofKind, type Survey } from './survey.js'

/** Networks that the place reaches. */
export function networksOf(survey: Survey, { datacenterId }: Place): ResourceOf<'network'>[] {
  return ofKind(survey, 'network').filter(({ within }) => datacenterId === undefined || within.includes(datacenterId))
}

/** Ids of the networks of the specification's cards. */
export function findNetworks(survey: Survey, place: Place): string[] {
  const { spec, problems } = survey
  const all = networksOf(survey, place)
  const found = (spec.nics ?? []).map(({ network, vlanId }, index) => {
    if (vlanId !== undefined) {
      problems.invalid(`nics[${index}].vlanId`, 'belongs to the port group here: choose a network that carries it')
    }
    return resolveReference(network, all, { path: `nics[${index}].network`, kind: 'network' }, problems)
  })
  return found.flatMap((network) => network?.id ?? [])
}

export async function backingsOf(
  platform: Platform,
  { rows }: Survey,
  networks: readonly string[],
  signal: AbortSignal,
): Promise<NetworkBacking[]> {
  const backings: NetworkBacking[] = []
  for (const id of networks) {
    const row = rows.networks.find(({ ref }) => ref.value === id)
    if (row !== undefined) backings.push(await backingOf(platform, row.ref, row.name ?? '', signal))
  }
  return backings
}

/** How a card is plugged into this network: one more read where the network is distributed or opaque. */
export async function backingOf(
  platform: Platform,
  { type, value }: { readonly type: string; readonly value: string },
  name: string,
  signal: AbortSignal,
): Promise<NetworkBacking> {
  if (type === 'DistributedVirtualPortgroup') {
    const group = reference(type, value)
    const { key, 'config.distributedVirtualSwitch': owner } = await platform.api.read(
      group,
      'DistributedVirtualPortgroup',
      ['key', 'config.distributedVirtualSwitch'],
      { signal },
    )
    const { uuid } = owner
      ? await platform.api.read(owner, 'DistributedVirtualSwitch', ['uuid'], { signal })
      : { uuid: '' }
    return { kind: 'distributed', switchUuid: uuid, portgroupKey: key }
  }
  if (type === 'OpaqueNetwork') {
    const { summary } = await platform.api.read(reference(type, value), 'OpaqueNetwork', ['summary'], { signal })
    if (summary !== undefined && 'opaqueNetworkId' in summary) {
      return { kind: 'opaque', id: summary.opaqueNetworkId, type: summary.opaqueNetworkType }
    }
  }
  return { kind: 'standard', name, network: value }
}
