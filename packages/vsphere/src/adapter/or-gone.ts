import { VsphereError } from '../client/error.js'

/** Undefined for what was removed between the list and the look. */
export async function orGone<Value>(value: Promise<Value>): Promise<Value | undefined> {
  try {
    return await value
  } catch (error) {
    if (VsphereError.isInstance(error) && error.kind === 'not-found') return undefined
    throw error
  }
}
