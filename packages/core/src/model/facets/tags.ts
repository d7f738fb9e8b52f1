import type { Listing } from '../page.js'
import type { VmRef } from '../references.js'
import type { VmInfo } from '../vm.js'

export interface TagReads {
  /** All tags in use, or set up, at the endpoint. */
  list(input: object): Listing<{ readonly tag: string }>
}

export interface TagOperations {
  /** Exactly these from now on. A tag has to fit `naming.tagPattern`. */
  set(input: { readonly ref: VmRef; readonly tags: readonly string[] }): VmInfo
}
