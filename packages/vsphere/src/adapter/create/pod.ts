import type { ProblemCollector } from '@dcm/core'
import { decodeName } from '../map-names.js'
import type { InventoryRows } from '../map-resources.js'

const path = 'extensions.vsphere.storagePod'

/** The datastore cluster of that id or name in the VM's datacenter; a name that fits two is never guessed. */
export function findPod(
  { datacenters, folders }: InventoryRows,
  wanted: string,
  datacenterId: string | undefined,
  problems: ProblemCollector,
): string | undefined {
  const parents = new Map([...folders, ...datacenters].map(({ ref, parent }) => [ref.value, parent?.value]))
  const liesIn = (start: string): boolean => {
    let id: string | undefined = start
    for (let depth = 0; id !== undefined && depth < 64; depth++) {
      if (id === datacenterId) return true
      id = parents.get(id)
    }
    return false
  }
  const pods = folders.filter(
    ({ ref }) => ref.type === 'StoragePod' && (datacenterId === undefined || liesIn(ref.value)),
  )
  const found = pods.filter(({ ref, name }) => ref.value === wanted || decodeName(name ?? '') === wanted)
  const [only, other] = found
  if (only !== undefined && other === undefined) return only.ref.value
  if (only !== undefined) {
    const ids = found.map(({ ref }) => ref.value).join(', ')
    problems.invalid(path, `'${wanted}' is the name of ${found.length} datastore clusters: give one of the ids ${ids}`)
    return undefined
  }
  const names = pods.slice(0, 5).map(({ name, ref }) => decodeName(name ?? ref.value))
  const there = names.length === 0 ? 'none can be seen' : `there are ${names.join(', ')}`
  problems.invalid(path, `there is no datastore cluster '${wanted}' in the datacenter of the VM: ${there}`)
  return undefined
}
