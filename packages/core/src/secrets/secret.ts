/**
 * A secret given by reference (`{ secretRef: 'env:PVE_TOKEN' }`, resolved when it is needed, never stored) or inline
 * (`{ secretValue: '...' }`, which leaves handles and must be given again when an operation is resumed elsewhere).
 */
export type SecretInput = { readonly secretRef: string } | { readonly secretValue: string }

const inspect = Symbol.for('nodejs.util.inspect.custom')

/** A secret value that nothing prints: only `reveal()` gives it. */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  reveal(): string {
    return this.#value
  }

  equals(other: Secret): boolean {
    return this.#value === other.#value
  }

  toString(): string {
    return '[secret]'
  }

  toJSON(): string {
    return '[secret]'
  }
}

// Node's own inspect looks for this symbol; a computed member could not stand in a class that declarations are made of.
Object.defineProperty(Secret.prototype, inspect, { value: () => '[secret]' })

/** Turns references into values, at the moment a value is needed. */
export interface SecretResolver {
  /** Rejects with NOT_FOUND when the reference leads nowhere, INVALID_ARGUMENT when its scheme is not known here. */
  resolve(reference: string, signal?: AbortSignal): Promise<Secret>
}
