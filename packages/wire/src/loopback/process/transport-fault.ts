import type { Fault, FaultAction } from '../faults.js'

/** A fault of the transport as JSON: the path is a regular expression in text. */
export interface TransportFault {
  readonly method?: string | readonly string[]
  readonly pathPattern?: string
  readonly after?: number
  readonly times?: number
  /** `hold` holds until the client goes away. */
  readonly action: Exclude<FaultAction, { readonly type: 'reply' | 'hold' }> | { readonly type: 'hold' } | ReplyAction
}

interface ReplyAction {
  readonly type: 'reply'
  readonly reply: {
    readonly status: number
    readonly reason?: string
    readonly headers?: readonly (readonly [string, string])[]
    readonly body?: string
    readonly close?: boolean
  }
}

export function readTransportFault(value: TransportFault): Fault {
  const { method, pathPattern, after, times, action } = value
  return {
    match: {
      ...(method === undefined ? {} : { method }),
      ...(pathPattern === undefined ? {} : { path: new RegExp(pathPattern) }),
      ...(after === undefined ? {} : { after }),
      ...(times === undefined ? {} : { times }),
    },
    action,
  }
}
