import type { XmlElement } from '../element.js'
import type { ScanState } from '../scan/scan-state.js'
import type { TypeCompiler } from './compiled-type.js'
import type { DecodeReport } from './report.js'

/** Everything one run of a decoder needs. */
export interface DecodeContext {
  readonly state: ScanState
  readonly compiler: TypeCompiler
  readonly report: DecodeReport
  readonly keepUnknown: boolean
  readonly leafAttributes: boolean
}

/**
 * An object of a type that the schema does not know: an answer of a newer server. `base` is what the declared type knows of it,
 * `raw` the element as it came.
 */
export interface UnknownObject<Base = unknown> {
  readonly _type: '$unknown'
  readonly typeName: string
  readonly base: Base
  readonly raw: XmlElement
}
