/**
 * What a decoder met and did not know. Keys are `Type/element`, `Type@attribute` or a type's name; values are counts. No text
 * of a document is kept. At most 1,000 different keys are counted in each map; what comes after adds to the key `...`.
 */
export interface DecodeReport {
  /** Elements that the schema does not have at that place. */
  readonly unknownElements: Map<string, number>
  /** `xsi:type` names that the schema does not have, or not as subtype of the declared type. */
  readonly unknownTypes: Map<string, number>
  /** Values that were no number, boolean, ... where one must stand; the property stayed undefined. */
  readonly invalidValues: Map<string, number>
}

export function createDecodeReport(): DecodeReport {
  return { unknownElements: new Map(), unknownTypes: new Map(), invalidValues: new Map() }
}

export function count(map: Map<string, number>, key: string): void {
  const known = map.get(key)
  if (known !== undefined) map.set(key, known + 1)
  else if (map.size < 1000) map.set(key, 1)
  else map.set('...', (map.get('...') ?? 0) + 1)
}
