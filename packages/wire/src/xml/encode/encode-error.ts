const brand: unique symbol = Symbol.for('dcm.wire.XmlEncodeError')

/** A value that the schema forbids. Names the place and what belongs there, never the value, which may be a secret. */
export class XmlEncodeError extends Error {
  override readonly name = 'XmlEncodeError'
  /** Properties from the value to the culprit, such as `PartitionMemoryConfiguration.DesiredMemory` or `link[2].href`. */
  readonly path: string

  constructor(path: string, problem: string) {
    super(path === '' ? `The value ${problem}` : `${path} ${problem}`)
    this.path = path
    Object.defineProperty(this, brand, { value: true })
  }

  /** True also for errors of another installed copy of this package. */
  static isInstance(value: unknown): value is XmlEncodeError {
    return typeof value === 'object' && value !== null && brand in value
  }
}
