/** An element as plain data: for what a schema does not know, and for small irregular documents. */
export interface XmlElement {
  /** Local name. */
  readonly name: string
  /** URI, empty for none. */
  readonly namespace: string
  /** Without namespace declarations. */
  readonly attributes: readonly XmlAttribute[]
  /** Elements and texts in their order; comments and instructions are left out, neighbouring texts are one. */
  readonly children: readonly (XmlElement | string)[]
}

export interface XmlAttribute {
  readonly name: string
  readonly namespace: string
  readonly value: string
}
