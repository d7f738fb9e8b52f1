import { randomUUID } from 'node:crypto'
import type { LoopbackReply } from '@dcm/wire/loopback'
import type { World } from '../world/world.js'
import { text, texts } from './rest-body.js'
import type { RestCall } from './rest-call.js'
import { jsonReply, RestFault } from './rest-reply.js'

interface Category {
  readonly id: string
  readonly name: string
  readonly description: string
  readonly cardinality: string
  readonly associable_types: readonly string[]
  readonly used_by: readonly string[]
}

interface Tag {
  readonly id: string
  readonly category_id: string
  readonly name: string
  readonly description: string
  readonly used_by: readonly string[]
}

interface TaggedObject {
  readonly type: string
  readonly id: string
}

/** Categories, tags and what they are attached to. */
export function createTagging(world: World): { answer(call: RestCall): LoopbackReply } {
  const categories = new Map<string, Category>()
  const tags = new Map<string, Tag>()
  /** Ids of tags by object. */
  const attached = new Map<string, Set<string>>()

  const idsOn = (object: TaggedObject): string[] => [...(attached.get(keyOf(object)) ?? [])]
  const objectsWith = (tag: string): TaggedObject[] =>
    [...attached].filter(([, ids]) => ids.has(tag)).map(([key]) => objectOf(key))

  /** Undefined when it went well, else what is wrong. */
  function attach(id: string, object: TaggedObject): string | undefined {
    const tag = tags.get(id)
    if (tag === undefined) return `Tagging object ${id} not found`
    if (world.lookUp({ type: object.type, value: object.id }) === undefined) return `There is no ${keyOf(object)}`
    const category = categories.get(tag.category_id)
    const allowed = category?.associable_types ?? []
    if (allowed.length > 0 && !allowed.includes(object.type)) return `Tags of this category go on ${allowed.join(', ')}`
    const others = idsOn(object).filter((each) => each !== id && tags.get(each)?.category_id === tag.category_id)
    if (category?.cardinality === 'SINGLE' && others.length > 0) return 'The object has a tag of this category already'
    attached.set(keyOf(object), (attached.get(keyOf(object)) ?? new Set()).add(id))
    return undefined
  }

  function detach(id: string, object: TaggedObject): string | undefined {
    if (!tags.has(id)) return `Tagging object ${id} not found`
    attached.get(keyOf(object))?.delete(id)
    return undefined
  }

  function batch(pairs: readonly (readonly [tag: string, object: TaggedObject])[], detaching: boolean): LoopbackReply {
    const errors = pairs.flatMap(([id, object]) => {
      const text = detaching ? detach(id, object) : attach(id, object)
      return text === undefined ? [] : [{ id: 'cis.tagging.error', default_message: text, args: [] }]
    })
    return jsonReply(200, { success: errors.length === 0, error_messages: errors })
  }

  function answerCategory({ method, path: [, id], body }: RestCall): LoopbackReply {
    if (id === undefined && method === 'GET') return jsonReply(200, [...categories.keys()])
    if (id === undefined) {
      refuseTaken([...categories.values()], text(body, 'name'))
      const made = newId('Category')
      categories.set(made, {
        id: made,
        name: text(body, 'name'),
        description: text(body, 'description'),
        cardinality: text(body, 'cardinality'),
        associable_types: texts(body, 'associable_types'),
        used_by: [],
      })
      return jsonReply(201, made)
    }
    const category = found(categories, id)
    if (method === 'GET') return jsonReply(200, category)
    if (method === 'PATCH') categories.set(id, { ...category, ...body })
    if (method === 'DELETE') {
      categories.delete(id)
      for (const tag of [...tags.values()]) if (tag.category_id === id) removeTag(tag.id)
    }
    return jsonReply(204)
  }

  function answerTag({ method, path: [, id], action, body }: RestCall): LoopbackReply {
    if (action === 'list-tags-for-category') {
      const category = found(categories, text(body, 'category_id'))
      return jsonReply(
        200,
        [...tags.values()].filter((tag) => tag.category_id === category.id).map((tag) => tag.id),
      )
    }
    if (id === undefined && method === 'GET') return jsonReply(200, [...tags.keys()])
    if (id === undefined) {
      const category = found(categories, text(body, 'category_id'))
      const name = text(body, 'name')
      refuseTaken(
        [...tags.values()].filter((tag) => tag.category_id === category.id),
        name,
      )
      const made = newId('Tag')
      tags.set(made, { id: made, category_id: category.id, name, description: text(body, 'description'), used_by: [] })
      return jsonReply(201, made)
    }
    const tag = found(tags, id)
    if (method === 'GET') return jsonReply(200, tag)
    if (method === 'PATCH') tags.set(id, { ...tag, ...body })
    if (method === 'DELETE') removeTag(id)
    return jsonReply(204)
  }

  function removeTag(id: string): void {
    tags.delete(id)
    for (const ids of attached.values()) ids.delete(id)
  }

  function answerAssociation({ path: [, id], action, body }: RestCall): LoopbackReply {
    if (id !== undefined) {
      found(tags, id)
      if (action === 'list-attached-objects') return jsonReply(200, objectsWith(id))
      if (action === 'attach' || action === 'detach') {
        const wrong = (action === 'attach' ? attach : detach)(id, object(body))
        if (wrong !== undefined) throw new RestFault(400, 'INVALID_ARGUMENT', wrong)
        return jsonReply(204)
      }
      const pairs = objects(body).map((each) => [id, each] as const)
      return batch(pairs, action === 'detach-tag-from-multiple-objects')
    }
    switch (action) {
      case 'list-attached-tags':
        return jsonReply(200, idsOn(object(body)))
      case 'list-attached-tags-on-objects':
        return jsonReply(
          200,
          objects(body).map((each) => ({ object_id: each, tag_ids: idsOn(each) })),
        )
      case 'list-attached-objects-on-tags':
        return jsonReply(
          200,
          texts(body, 'tag_ids').map((tag) => ({ tag_id: tag, object_ids: objectsWith(tag) })),
        )
      default: {
        const pairs = texts(body, 'tag_ids').map((tag) => [tag, object(body)] as const)
        return batch(pairs, action === 'detach-multiple-tags-from-object')
      }
    }
  }

  return {
    answer(call) {
      if (call.path[0] === 'category') return answerCategory(call)
      return call.path[0] === 'tag' ? answerTag(call) : answerAssociation(call)
    },
  }
}

const newId = (kind: string): string => `urn:vmomi:InventoryService${kind}:${randomUUID()}:GLOBAL`

const keyOf = ({ type, id }: TaggedObject): string => `${type}:${id}`

function objectOf(key: string): TaggedObject {
  const [type = '', id = ''] = key.split(':')
  return { type, id }
}

function found<Value>(all: ReadonlyMap<string, Value>, id: string): Value {
  const value = all.get(id)
  if (value === undefined) throw new RestFault(404, 'NOT_FOUND', `Tagging object ${id} not found`)
  return value
}

function refuseTaken(others: readonly { readonly name: string }[], name: string): void {
  if (others.some((other) => other.name === name)) {
    throw new RestFault(400, 'ALREADY_EXISTS', `An object with the name ${name} exists already`)
  }
}

function object(body: RestCall['body'], value: unknown = body.object_id): TaggedObject {
  const { type, id } = Object(value)
  if (typeof type === 'string' && typeof id === 'string') return { type, id }
  throw new RestFault(400, 'INVALID_ARGUMENT', 'object_id is missing')
}

function objects(body: RestCall['body']): readonly TaggedObject[] {
  const list = body.object_ids
  if (Array.isArray(list)) return list.map((each) => object(body, each))
  throw new RestFault(400, 'INVALID_ARGUMENT', 'object_ids is missing')
}
