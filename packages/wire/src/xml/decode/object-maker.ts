import { settleShape } from '../settle-shape.js'
import type { DecodedObject } from './compiled-type.js'

/** What a property holds before the document says anything: nothing, an empty list, or a constant such as the type's tag. */
export interface InitialProperty {
  readonly name: string
  readonly initial: 'none' | 'list' | { readonly constant: string }
}

export interface ObjectMaker {
  readonly make: () => DecodedObject
  /** To be kept as long as the maker: code compiled for a shape is thrown away with the last object of it. */
  readonly example: DecodedObject
}

let mayCompile: boolean | undefined

/**
 * A function that makes objects with all the given properties at once, so that all objects of a type share one hidden class.
 *
 * Where the process may compile code, the function is an object literal whose property names are JSON strings from the schema:
 * nothing else goes into the code, and never anything from a document. Elsewhere (`--disallow-code-generation-from-strings`) it
 * copies a template, which gives equal objects at a higher price.
 */
export function createObjectMaker(properties: readonly InitialProperty[]): ObjectMaker {
  mayCompile ??= canCompile()
  const make = mayCompile ? compiledMaker(properties) : copyingMaker(properties)
  const samples = [1, 0.5, 'x', {}, [], true, undefined]
  // Twice, because the first object of a literal is made differently from all others.
  let example = make()
  for (let round = 0; round < 2; round++) {
    example = make()
    settleShape(example, Object.fromEntries(properties.map(({ name }) => [name, samples])))
  }
  return { make, example }
}

function canCompile(): boolean {
  try {
    return new Function('return true')() === true
  } catch {
    return false
  }
}

export function compiledMaker(properties: readonly InitialProperty[]): () => DecodedObject {
  const members = properties.map(({ name, initial }) => {
    const value = initial === 'none' ? 'undefined' : initial === 'list' ? '[]' : JSON.stringify(initial.constant)
    return `[${JSON.stringify(name)}]: ${value}`.replace(/^\[("(?!__proto__")[A-Za-z_$][\w$]*")\]/, '$1')
  })
  return new Function(`return { ${members.join(', ')} }`) as () => DecodedObject // the text is an object literal
}

export function copyingMaker(properties: readonly InitialProperty[]): () => DecodedObject {
  const template: DecodedObject = Object.fromEntries(
    properties.map(({ name, initial }) => [name, typeof initial === 'object' ? initial.constant : undefined]),
  )
  const lists = properties.filter((property) => property.initial === 'list').map((property) => property.name)
  return () => {
    const object = { ...template }
    for (const name of lists) object[name] = []
    return object
  }
}
