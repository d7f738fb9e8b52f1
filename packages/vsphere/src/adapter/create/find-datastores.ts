import { type Reference, resolveReference } from '@dcm/core'
import type { DetailRow } from '../map-vm.js'
import type { Place } from './find-place.js'
import { findPod } from './pod.js'
import { type CreateState, extensionOf } from './state.js'
import { ofKind, type Survey } from './survey.js'

/** Where the new VM and each of its disks shall lie. */
export function findDatastores(
  survey: Survey,
  place: Place,
  template: DetailRow | undefined,
  isItem: boolean,
): Partial<CreateState> {
  const { spec, problems, rows } = survey
  const { storagePod } = extensionOf(spec)
  const all = ofKind(survey, 'datastore').filter(
    ({ within }) => place.datacenterId === undefined || within.includes(place.datacenterId),
  )
  const pick = (wanted: Reference, path: string): [string, string] | null => {
    const found = resolveReference(wanted, all, { path, kind: 'datastore' }, problems)
    if (found === undefined) return null
    if (!place.hosts.some((host) => found.hosts.includes(host))) {
      problems.invalid(path, `'${found.name}' is not reachable from the place of the VM`)
    }
    return [found.id, found.name]
  }
  const diskDatastores = (spec.disks ?? []).map(({ datastore }, index) =>
    datastore === undefined ? null : pick(datastore, `disks[${index}].datastore`),
  )
  const wanted = spec.placement?.datastore
  if (storagePod !== undefined) {
    if (wanted !== undefined)
      problems.invalid('placement.datastore', 'cannot stand beside extensions.vsphere.storagePod')
    const pod = findPod(rows, storagePod, place.datacenterId, problems)
    return { diskDatastores, ...(pod !== undefined && { pod }) }
  }
  if (wanted !== undefined) {
    const found = pick(wanted, 'placement.datastore')
    return { diskDatastores, ...(found && { datastore: found[0], datastoreName: found[1] }) }
  }
  // A clone stays with its template's disks where its hosts reach them.
  const homes = new Set(template?.datastore?.map(({ value }) => value))
  const reachable = all.filter(
    ({ accessible, hosts }) => accessible && place.hosts.some((host) => hosts.includes(host)),
  )
  if (template !== undefined && reachable.some(({ id }) => homes.has(id))) return { diskDatastores }
  // A template that was not found is one problem; that it tells no datastore is no second one.
  if (template === undefined && spec.source.from === 'template' && !isItem) return { diskDatastores }
  const [only, other] = reachable
  if (only === undefined || other !== undefined) {
    const names = reachable.slice(0, 5).map(({ name }) => name)
    problems.invalid(
      'placement.datastore',
      `is needed: ${names.length === 0 ? 'none is reachable' : `there are ${names.join(', ')}`}`,
    )
    return { diskDatastores }
  }
  return { diskDatastores, datastore: only.id, datastoreName: only.name }
}
