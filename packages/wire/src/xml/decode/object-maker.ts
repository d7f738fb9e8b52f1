import type { DecodedObject } from './compiled-type.js'

/** What a property holds before the document says anything: nothing, an empty list, or a constant such as the type's tag. */
export interface InitialProperty {
  readonly name: string
  readonly initial: 'none' | 'list' | { readonly constant: string }
}

let mayCompile: boolean | undefined

/**
 * A function that makes objects with all the given properties at once, so that all objects of a type share one hidden class.
 *
 * Where the process may compile code, the function is an object literal whose property names are JSON strings from the schema:
 * nothing else goes into the code, and never anything from a document. Elsewhere (`--disallow-code-generation-from-strings`) it
 * copies a template, which gives equal objects at a higher price.
 */
export function createObjectMaker(properties: readonly InitialProperty[]): () => DecodedObject {
  mayCompile ??= canCompile()
  return mayCompile ? compiledMaker(properties) : copyingMaker(properties)
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
