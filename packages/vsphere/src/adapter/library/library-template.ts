import {
  collectProblems,
  type ProblemCollector,
  type Reference,
  type ReferenceCandidate,
  type ReferenceTarget,
  resolveReference,
  type Template,
} from '@dcm/core'
import type { Platform } from '../platform.js'
import { itemIdOf, readItemId } from './item-id.js'
import type { LibraryItem } from './library-items.js'

/** An OVF item, as lists show it; what it holds stands in its package, which nobody opens for a list. */
export function templateOfItem(item: LibraryItem): Template {
  return { kind: 'template', id: itemIdOf(item), name: item.name, within: [item.library.id], tags: [] }
}

/** What a reference to a template means here. */
export type MeantTemplate =
  /** A VM of vim25, by its reference. */
  | { readonly is: 'vm'; readonly id: string }
  /** An OVF item of a library. */
  | { readonly is: 'item'; readonly item: LibraryItem }

/**
 * By name the inventory goes first, and the libraries are asked where it has none that fits: an item and the VM template that it
 * stands for mostly share their name. A library is a place that `within` may name.
 */
export async function resolveTemplate(
  platform: Platform,
  wanted: Reference,
  templates: readonly ReferenceCandidate[],
  target: ReferenceTarget,
  problems: ProblemCollector,
  signal: AbortSignal,
): Promise<MeantTemplate | undefined> {
  const meantBy = async (item: LibraryItem): Promise<MeantTemplate | undefined> => {
    if (item.type === 'ovf') return { is: 'item', item }
    const id = await platform.library.templateOf(item, signal)
    if (id !== undefined) return { is: 'vm', id }
    problems.missing(missing, ` - the template of the item ${itemIdOf(item)} is gone`)
    return undefined
  }
  const missing = {
    ...(target.path !== undefined && { path: target.path }),
    kind: 'template',
    reference: wanted,
  } as const
  if ('id' in wanted) {
    const id = readItemId(wanted.id)
    if (id === undefined) return { is: 'vm', id: wanted.id }
    const item = await platform.library.get(id)
    if (item !== undefined && item.type !== 'iso') return meantBy(item)
    problems.missing(missing, item === undefined ? '' : ' - that is an ISO image: name it as the source of an image')
    return undefined
  }
  const native = resolveReference(wanted, templates, target, collectProblems())
  if (native !== undefined) return { is: 'vm', id: native.id }
  const items = (await platform.library.find({ name: wanted.name }, signal)).filter(({ type }) => type !== 'iso')
  const libraries = items.map(({ library }) => ({ ...library, within: [] }))
  const found = resolveReference(
    wanted,
    [...templates, ...items.map((item) => ({ ...templateOfItem(item), item }))],
    { ...target, containers: [...(target.containers ?? []), ...libraries] },
    problems,
  )
  if (found === undefined) return undefined
  return 'item' in found ? meantBy(found.item) : { is: 'vm', id: found.id }
}
