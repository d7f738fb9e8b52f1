import type { XmlElement } from '../element.js'

/**
 * What may be written of a type: what is read of it, but lists may be left out, at any depth. A list that is required must still
 * be there; the encoder says so.
 */
export type XmlInput<Value> = Value extends string | XmlElement
  ? Value
  : Value extends readonly (infer Item)[]
    ? readonly XmlInput<Item>[]
    : Value extends object
      ? ValuesOf<Value> & ListsOf<Value>
      : Value

type ValuesOf<Value> = {
  readonly [Key in keyof Value as Value[Key] extends readonly unknown[] ? never : Key]: XmlInput<Value[Key]>
}

type ListsOf<Value> = {
  readonly [Key in keyof Value as Value[Key] extends readonly unknown[] ? Key : never]?:
    | XmlInput<Value[Key]>
    | undefined
}
