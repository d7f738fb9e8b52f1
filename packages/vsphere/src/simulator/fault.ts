import type { XmlInput } from '@dcm/wire/xml'
import type { Vim25Types } from '../generated/types.js'

/** A fault as it goes over the wire: its type and its properties. */
export interface FaultValue {
  readonly _type: string
  readonly [property: string]: unknown
}

/** Thrown by the work of a call or a task; answered as a SOAP fault, or written into the task. */
export class VimFault extends Error {
  override readonly name = 'VimFault'
  readonly fault: FaultValue

  constructor(fault: FaultValue, message: string) {
    super(message)
    this.fault = fault
  }
}

/** A fault of the API by its type name; `message` is the text for people. */
export function vimFault(
  type: keyof Vim25Types & string,
  detail: Readonly<Record<string, unknown>> = {},
  message = '',
): VimFault {
  return new VimFault({ ...detail, _type: type }, message)
}

export const invalidArgument = (invalidProperty: string): VimFault =>
  vimFault('InvalidArgument', { invalidProperty }, `A specified parameter was not correct: ${invalidProperty}`)

/** As the server answers a body that it cannot read: the text says what stood where. */
export const invalidRequest = (text: string): VimFault => vimFault('InvalidRequest', {}, text)

export type Localized = XmlInput<Vim25Types['LocalizedMethodFault']>

/** A fault inside an answer. */
export function localized({ fault, message }: VimFault): Localized {
  return { fault: fault as unknown as Localized['fault'], localizedMessage: message } // the encoder refuses what is none
}
