const brand: unique symbol = Symbol.for('dcm.wire.XmlPatchError')

/** A change that does not fit the document: nothing, or more than one thing, stands at its path. */
export class XmlPatchError extends Error {
  override readonly name = 'XmlPatchError'
  readonly path: string

  constructor(path: string, problem: string) {
    super(`${path} ${problem}`)
    this.path = path
    Object.defineProperty(this, brand, { value: true })
  }

  /** True also for errors of another installed copy of this package. */
  static isInstance(value: unknown): value is XmlPatchError {
    return typeof value === 'object' && value !== null && brand in value
  }
}
