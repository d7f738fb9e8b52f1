type Values = Record<string, string | readonly string[]>

/**
 * The part of the Headers interface that HTTP clients use, over a plain record. Names are in lower case; values are
 * validated when they are sent.
 */
export class WireHeaders implements Iterable<[string, string]> {
  private readonly record: Values

  /** Takes the record over as it is: its names must be in lower case. */
  constructor(values: Values = {}) {
    this.record = values
  }

  /** A copy of what `new Headers(init)` accepts. */
  static from(init: unknown): WireHeaders {
    const headers = new WireHeaders()
    if (init instanceof WireHeaders) {
      for (const [name, value] of Object.entries(init.record)) headers.record[name] = value
    } else if (isIterable(init)) {
      for (const [name, value] of init) headers.append(name, String(value))
    } else if (typeof init === 'object' && init !== null) {
      for (const [name, value] of Object.entries(init)) if (value !== undefined) headers.set(name, String(value))
    }
    return headers
  }

  get(name: string): string | null {
    const key = name.toLowerCase()
    if (!Object.hasOwn(this.record, key)) return null
    const value = this.record[key]
    return typeof value === 'string' ? value : (value?.join(', ') ?? null)
  }

  has(name: string): boolean {
    return Object.hasOwn(this.record, name.toLowerCase())
  }

  set(name: string, value: string): void {
    define(this.record, name.toLowerCase(), value)
  }

  append(name: string, value: string): void {
    const key = name.toLowerCase()
    const present = this.get(key)
    define(this.record, key, present === null ? value : `${present}, ${value}`)
  }

  delete(name: string): void {
    delete this.record[name.toLowerCase()]
  }

  getSetCookie(): string[] {
    const value = Object.hasOwn(this.record, 'set-cookie') ? this.record['set-cookie'] : undefined
    if (value === undefined) return []
    return typeof value === 'string' ? [value] : [...value]
  }

  forEach(visit: (value: string, name: string, headers: WireHeaders) => void): void {
    for (const [name, value] of this) visit(value, name, this)
  }

  *entries(): IterableIterator<[string, string]> {
    for (const name of Object.keys(this.record)) yield [name, this.get(name) ?? '']
  }

  *keys(): IterableIterator<string> {
    yield* Object.keys(this.record)
  }

  *values(): IterableIterator<string> {
    for (const [, value] of this) yield value
  }

  [Symbol.iterator](): IterableIterator<[string, string]> {
    return this.entries()
  }

  /** The form that `transport.request` takes. */
  toRecord(): Record<string, string> {
    const record: Record<string, string> = {}
    for (const [name, value] of this) define(record, name, value)
    return record
  }
}

/** Plain assignment, except for the one name that would reach the prototype. */
function define(values: Values, name: string, value: string): void {
  if (name === '__proto__') {
    Object.defineProperty(values, name, { value, enumerable: true, configurable: true, writable: true })
  } else {
    values[name] = value
  }
}

function isIterable(value: unknown): value is Iterable<readonly [string, unknown]> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value
}
