import type { Listing } from '../page.js'
import type { Reference } from '../references.js'
import type { DeleteReport } from '../vm.js'

/** An installation image or disk image that VMs can be made from: `source: { from: 'image', image }`. */
export interface Image {
  readonly id: string
  readonly name: string
  /** Id of the datastore. */
  readonly datastore: string
  readonly sizeBytes?: number
}

export interface ImageReads {
  list(input: object): Listing<Image>
}

export interface ImageOperations {
  /** ALREADY_EXISTS when the datastore has an image of that name. */
  upload(input: {
    readonly name: string
    readonly datastore: Reference
    /**
     * `url`: the platform fetches it itself where it can, else we do. `file`: a path that the process advancing the operation
     * can read.
     */
    readonly source:
      | { readonly from: 'url'; readonly url: string; readonly sha256?: string }
      | { readonly from: 'file'; readonly path: string }
  }): Image
  /** Gone already: success. */
  delete(input: { readonly image: Reference }): DeleteReport
}
