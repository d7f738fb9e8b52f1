import type { ErrorCode } from '@dcm/core'

/** What an operation ends with, and how often its native call arrived at the server. */
export interface Expected {
  readonly ends: 'ok' | ErrorCode
  /** How often; a pair: between the two. */
  readonly calls: number | readonly [least: number, most: number]
  readonly outcome?: 'not-started' | 'failed' | 'unknown'
}

export const operations = ['clone', 'power-on', 'retrieve'] as const
export type OperationName = (typeof operations)[number]

export type Row = Readonly<Record<OperationName, Expected>>

const ok = (calls: number): Expected => ({ ends: 'ok', calls })
/** Refused: nothing was done, nothing is sent again. */
const refused = (ends: ErrorCode): Expected => ({ ends, calls: 1, outcome: 'not-started' })
/** The server says that it failed; of a read, that it gave nothing. */
const failed = (ends: ErrorCode): Expected => ({ ends, calls: 1, outcome: 'failed' })

const everywhere = (expected: Expected): Row => ({ clone: expected, 'power-on': expected, retrieve: expected })
const changesFail = (ends: ErrorCode): Row => ({
  clone: failed(ends),
  'power-on': failed(ends),
  retrieve: refused(ends),
})
/** Busy: a change is sent again, because it surely was not begun; a list says so to whoever asked for it. */
const busy = (ends: ErrorCode): Row => ({ clone: ok(2), 'power-on': ok(2), retrieve: refused(ends) })

/** The first call is answered with this fault and not carried out. */
export const vimFaults: Readonly<Record<string, Row>> = {
  NotAuthenticated: everywhere(ok(2)),
  NoPermission: everywhere(refused('PERMISSION_DENIED')),
  InvalidArgument: everywhere(refused('INVALID_ARGUMENT')),
  MethodNotFound: everywhere(refused('UNSUPPORTED')),
  NotSupported: everywhere(refused('UNSUPPORTED')),
  ManagedObjectNotFound: everywhere(refused('NOT_FOUND')),
  InvalidState: changesFail('FAILED_PRECONDITION'),
  InsufficientResourcesFault: changesFail('RESOURCE_EXHAUSTED'),
  SystemError: changesFail('INTERNAL'),
  RequestCanceled: changesFail('CANCELLED'),
  QuestionPending: changesFail('CONFLICT'),
  ConcurrentAccess: changesFail('CONFLICT'),
  // Somebody had the name a moment ago: it is looked at again, and found free.
  DuplicateName: { ...changesFail('ALREADY_EXISTS'), clone: ok(2) },
  TaskInProgress: busy('CONFLICT'),
  ResourceInUse: busy('CONFLICT'),
  FileLocked: busy('CONFLICT'),
  TooManyConcurrentNativeClones: busy('CONFLICT'),
  HostCommunication: busy('UNAVAILABLE'),
}

/** Kinds of vcsim's fault injection that are no types of the API: each comes as a `SystemError` whose reason says what it stands for. */
export const rulesOfVcsim: Readonly<Record<string, Row>> = {
  NetworkFailure: changesFail('INTERNAL'),
  Timeout: changesFail('INTERNAL'),
  Generic: changesFail('INTERNAL'),
}

export const transportFaults = ['drop', 'status', 'lose-answer', 'garbage', 'truncate', 'slow', 'delay'] as const
export type TransportFault = (typeof transportFaults)[number]

/**
 * A clone that the server made is found by its marker and never sent again. A VM that was started is found running; for as long as
 * its task is under way it is asked again, at most as often as a step is tried, and the platform starts no VM twice.
 */
const foundAgain: Pick<Row, 'clone' | 'power-on'> = { clone: ok(1), 'power-on': { ends: 'ok', calls: [1, 8] } }

/** What happens to the transport of the first call. */
export const transport: Readonly<Record<TransportFault, Row>> = {
  drop: everywhere(ok(2)),
  // 503: the service is not there. Whoever asks for a list is told so, and that he may ask again.
  status: { clone: ok(2), 'power-on': ok(2), retrieve: refused('UNAVAILABLE') },
  'lose-answer': { ...foundAgain, retrieve: ok(2) },
  garbage: { ...foundAgain, retrieve: refused('PROTOCOL') },
  truncate: { ...foundAgain, retrieve: ok(2) },
  slow: everywhere(ok(1)),
  delay: everywhere(ok(1)),
}

export const nativeCall: Readonly<Record<OperationName, string>> = {
  clone: 'CloneVM_Task',
  'power-on': 'PowerOnVM_Task',
  retrieve: 'RetrievePropertiesEx',
}
