import { createBatcher, HypervisorError, type Problem } from '@dcm/core'
import type { VsphereClient } from '../../client/client.js'
import { VsphereError } from '../../client/error.js'
import { knownForAWhile } from '../known-for-a-while.js'
import { orGone } from '../or-gone.js'
import { ownCategory, placesOf, type TagCategory, textOfTag, whyNotMade } from './tag-text.js'

/** A tag as the port shows it. */
export interface KnownTag {
  readonly id: string
  readonly text: string
}

/** Tags of VMs, by the tagging service of a vCenter. A bare host has none, and is not asked. */
export interface Tagging {
  /** Texts of the tags of VMs, sorted, by their references (`vm-12`): one call, or two for more than a thousand VMs. */
  read(vms: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>>
  /** The same for one VM; all who ask in one turn of the event loop share a call. */
  readOne(vm: string): Promise<readonly string[]>
  /** Texts of all tags that are set up, sorted. */
  list(signal: AbortSignal): Promise<readonly string[]>
  /** What is wrong with texts that stand for no tag and none that could be made. Makes nothing. */
  check(texts: readonly string[], signal: AbortSignal): Promise<readonly Problem[]>
  /** Makes what is not set up yet, in our own category, and attaches what the VM lacks. */
  attach(vm: string, texts: readonly string[], signal: AbortSignal): Promise<void>
  /** The same, and takes all others off, whatever their category. */
  set(vm: string, texts: readonly string[], signal: AbortSignal): Promise<void>
}

/** So many VMs are asked for by name; the service refuses lists that are far longer. */
const mostAsked = 1_000
/** How long the name of a tag or category is believed: a name is one call each. */
const lifetimeMs = 60_000
const mostKnown = 20_000

const association = 'POST /cis/tagging/tag-association' as const

export function createTagging({ rest }: VsphereClient, isVcenter: () => Promise<boolean>): Tagging {
  const limits = { lifetimeMs, most: mostKnown }
  const category = knownForAWhile(
    (category_id) => orGone(rest.request('GET /cis/tagging/category/{category_id}', { category_id })),
    limits,
  )
  const tag = knownForAWhile((tag_id) => orGone(rest.request('GET /cis/tagging/tag/{tag_id}', { tag_id })), limits)

  async function describe(ids: readonly string[]): Promise<KnownTag[]> {
    const found = await Promise.all(
      [...new Set(ids)].map(async (id) => {
        const known = await tag(id)
        const of = known && (await category(known.category_id))
        return known && of && { id, text: textOfTag(of.name, known.name) }
      }),
    )
    return found.filter((each) => each !== undefined)
  }

  async function read(vms: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
    if (vms.length === 0 || !(await isVcenter())) return new Map()
    return vms.length > mostAsked ? readAll() : readSome(vms)
  }

  async function readSome(vms: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
    const attached = await rest.request(`${association}?action=list-attached-tags-on-objects`, {
      object_ids: vms.map(objectOf),
    })
    const known = new Map((await describe(attached.flatMap((each) => each.tag_ids))).map(({ id, text }) => [id, text]))
    return new Map(
      attached.map(({ object_id, tag_ids }) => [object_id.id, sorted(tag_ids.flatMap((id) => known.get(id) ?? []))]),
    )
  }

  /** From the tags' side, of which there are far fewer than VMs. */
  async function readAll(): Promise<ReadonlyMap<string, readonly string[]>> {
    const ids = await rest.request('GET /cis/tagging/tag')
    const texts = new Map<string, string[]>()
    if (ids.length === 0) return texts
    const known = new Map((await describe(ids)).map(({ id, text }) => [id, text]))
    const found = await rest.request(`${association}?action=list-attached-objects-on-tags`, { tag_ids: ids })
    for (const { tag_id, object_ids } of found) {
      const text = known.get(tag_id)
      if (text === undefined) continue
      for (const { type, id } of object_ids) {
        if (type === 'VirtualMachine') texts.set(id, [...(texts.get(id) ?? []), text])
      }
    }
    for (const [id, of] of texts) texts.set(id, sorted(of))
    return texts
  }

  const readOne = createBatcher<string, readonly string[]>(async (vms) => {
    const texts = await read([...new Set(vms)])
    return vms.map((vm) => texts.get(vm) ?? [])
  })

  async function categories(signal: AbortSignal): Promise<TagCategory[]> {
    const ids = await rest.request('GET /cis/tagging/category', {}, { signal })
    const found = await Promise.all(ids.map(category))
    return found.filter((each) => each !== undefined)
  }

  async function tagsIn(category_id: string, signal: AbortSignal): Promise<KnownTag[]> {
    return describe(
      await rest.request('POST /cis/tagging/tag?action=list-tags-for-category', { category_id }, { signal }),
    )
  }

  /** Tags of these texts: only categories that can hold them are looked into. What is missing has no id. */
  async function resolve(texts: readonly string[], signal: AbortSignal) {
    if (texts.length === 0) return { ids: new Map<string, string>(), problems: [] }
    const all = await categories(signal)
    const places = placesOf(texts, all)
    const tags = (await Promise.all(places.map(({ id }) => tagsIn(id, signal)))).flat()
    const ids = new Map(tags.map(({ id, text }) => [text, id]))
    const problems = texts.flatMap((text) => {
      const message = ids.has(text) ? undefined : whyNotMade(text, all)
      return message === undefined ? [] : [{ path: 'tags', message }]
    })
    return { ids, problems }
  }

  async function makeOwn(text: string, signal: AbortSignal): Promise<string> {
    const own = await ownCategoryId(signal)
    const description = 'Set by the SDK of the data centre manager'
    return rest
      .request('POST /cis/tagging/tag', { name: text, description, category_id: own }, { signal })
      .catch(async (error: unknown) => {
        const there = isThere(error) ? await tagsIn(own, signal) : []
        const same = there.find((each) => each.text === text) ?? there.find((each) => sameButCase(each.text, text))
        if (same !== undefined) return same.id
        throw error
      })
  }

  async function ownCategoryId(signal: AbortSignal): Promise<string> {
    const find = async () => (await categories(signal)).find(({ name }) => name === ownCategory)?.id
    const there = await find()
    if (there !== undefined) return there
    const asked = {
      name: ownCategory,
      description: 'Tags that the SDK sets on VMs',
      cardinality: 'MULTIPLE' as const,
      associable_types: ['VirtualMachine'],
    }
    return rest.request('POST /cis/tagging/category', asked, { signal }).catch(async (error: unknown) => {
      const made = isThere(error) ? await find() : undefined
      if (made !== undefined) return made
      throw error
    })
  }

  async function change(vm: string, texts: readonly string[], exactly: boolean, signal: AbortSignal): Promise<void> {
    const object_id = objectOf(vm)
    const ids = await rest.request(`${association}?action=list-attached-tags`, { object_id }, { signal })
    const held = await describe(ids)
    const heldTexts = new Set(held.map(({ text }) => text))
    const lacking = [...new Set(texts)].filter((text) => !heldTexts.has(text))
    const { ids: known, problems } = await resolve(lacking, signal)
    throwProblems(problems)
    // Taken off first: a category may let a VM have one tag only.
    const excess = exactly ? held.filter(({ text }) => !texts.includes(text)).map(({ id }) => id) : []
    if (excess.length > 0) {
      const key = `${association}?action=detach-multiple-tags-from-object` as const
      await rest.request(key, { object_id, tag_ids: excess }, { signal })
    }
    const tag_ids: string[] = []
    for (const text of lacking) tag_ids.push(known.get(text) ?? (await makeOwn(text, signal)))
    if (tag_ids.length > 0) {
      await rest.request(`${association}?action=attach-multiple-tags-to-object`, { object_id, tag_ids }, { signal })
    }
  }

  return {
    read,
    readOne,
    async list(signal) {
      const ids = await rest.request('GET /cis/tagging/tag', {}, { signal })
      return sorted((await describe(ids)).map(({ text }) => text))
    },
    check: async (texts, signal) => (await resolve(texts, signal)).problems,
    attach: (vm, texts, signal) => change(vm, texts, false, signal),
    set: (vm, texts, signal) => change(vm, texts, true, signal),
  }
}

/** INVALID_ARGUMENT, where there is any. */
export function throwProblems(problems: readonly Problem[]): void {
  const [first] = problems
  if (first === undefined) return
  throw new HypervisorError('INVALID_ARGUMENT', `${first.path} ${first.message}`, { details: { problems } })
}

function objectOf(vm: string): { readonly type: string; readonly id: string } {
  return { type: 'VirtualMachine', id: vm }
}

function sorted(texts: readonly string[]): string[] {
  return [...new Set(texts)].sort()
}

function isThere(error: unknown): boolean {
  return VsphereError.isInstance(error) && error.kind === 'already-exists'
}

function sameButCase(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase()
}
