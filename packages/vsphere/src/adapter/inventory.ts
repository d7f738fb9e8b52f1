import type { Listing, ListProblem, Resource, ResourceKind, ResourceOf } from '@dcm/core'
import { templateOfItem } from './library/library-template.js'
import { listProblem } from './list-problem.js'
import { type InventoryRows, mapResources } from './map-resources.js'
import type { Platform } from './platform.js'
import { readTags } from './tags/read-tags.js'

/**
 * The rows of these kinds, with the tree above them: one view and its pages a type, never a call an object. Reads that are
 * wanted by several at once are shared.
 */
export async function readInventory(
  { inventory }: Platform,
  kinds: ReadonlySet<ResourceKind>,
  signal: AbortSignal,
  /** What VMs to give as the templates: those that are templates, or all others. */
  templatesAre: 'templates' | 'vms' = 'templates',
): Promise<InventoryRows> {
  const wants = (...some: ResourceKind[]): boolean => some.some((kind) => kinds.has(kind))
  const [datacenters, folders, computes, hosts, datastores, networks, pools, templates] = await Promise.all([
    inventory.datacenters(signal),
    inventory.folders(signal),
    inventory.computes(signal),
    wants('host', 'datastore', 'network', 'template') ? inventory.hosts(signal) : [],
    wants('datastore') ? inventory.datastores(signal) : [],
    wants('network') ? inventory.networks(signal) : [],
    wants('resource-pool') ? inventory.pools(signal) : [],
    wants('template') ? inventory[templatesAre](signal) : [],
  ])
  return { datacenters, folders, computes, hosts, datastores, networks, pools, templates }
}

/** All resources of these kinds. */
export async function listResources<K extends ResourceKind>(
  platform: Platform,
  kinds: ReadonlySet<K>,
  signal: AbortSignal,
): Promise<Listing<ResourceOf<K>>> {
  const observedAt = new Date().toISOString()
  const resources = mapResources(await readInventory(platform, kinds, signal))
  const asked: ReadonlySet<ResourceKind> = kinds
  const wanted = (resource: Resource): resource is ResourceOf<K> => asked.has(resource.kind)
  const items = resources.filter(wanted)
  const templates = items.filter(({ kind }) => kind === 'template').map(({ id }) => id)
  const [{ tags, problems: untagged }, library] = await Promise.all([
    readTags(platform, templates),
    asked.has('template') ? listLibraryTemplates(platform, signal) : nothing,
  ])
  const tagged: ResourceOf<K>[] = items.map((item) =>
    item.kind === 'template' ? { ...item, tags: tags.get(item.id) ?? [] } : item,
  )
  const problems = [...untagged, ...library.problems]
  return {
    items: tagged.concat(library.templates.filter(wanted)),
    problems,
    complete: problems.length === 0,
    observedAt,
    source: 'live',
  }
}

interface LibraryTemplates {
  readonly templates: readonly Resource[]
  readonly problems: readonly ListProblem[]
}

const nothing: LibraryTemplates = { templates: [], problems: [] }

/**
 * OVF items of content libraries; a VM template that an item stands for is listed as the VM that it is. Where the service does not
 * answer, the list goes without them, and says so.
 */
async function listLibraryTemplates(platform: Platform, signal: AbortSignal): Promise<LibraryTemplates> {
  if (!(await platform.facts()).isVcenter) return nothing
  try {
    const items = await platform.library.find({ type: 'ovf' }, signal)
    return { templates: items.map(templateOfItem), problems: [] }
  } catch (thrown) {
    return { templates: [], problems: [listProblem(platform, 'the content libraries', thrown, signal)] }
  }
}
