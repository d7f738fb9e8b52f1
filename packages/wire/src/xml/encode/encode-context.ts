import type { SchemaIndex } from '../schema/type-table.js'

/** What one run of an encoder needs. */
export interface EncodeContext {
  readonly index: SchemaIndex
  /** Values of the attributes that types write by construction (`+name`). */
  readonly constructed: Readonly<Record<string, string>>
  /** XML for rows of kind `skip`, by element name. */
  readonly placeholders: Readonly<Record<string, string>>
  readonly unknownEnumerationValues: boolean
  /** Prefixes that the surroundings bind, by URI. */
  readonly prefixes: ReadonlyMap<string, string>
  readonly out: string[]
  /** Objects being written at this moment. */
  readonly depth: { value: number }
}

/** Text of a path with one more step. */
export function joinPath(path: string, property: string): string {
  return path === '' ? property : `${path}.${property}`
}
