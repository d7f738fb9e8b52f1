import type { Fault, FaultAction } from '@dcm/wire/loopback'

/** A fault of the transport as JSON: the path is a regular expression in text. */
export interface TransportFault {
  readonly method?: string
  readonly pathPattern?: string
  readonly after?: number
  readonly times?: number
  readonly action: Exclude<FaultAction, { readonly type: 'reply' }> | ReplyAction
}

interface ReplyAction {
  readonly type: 'reply'
  readonly reply: {
    readonly status: number
    readonly reason?: string
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
