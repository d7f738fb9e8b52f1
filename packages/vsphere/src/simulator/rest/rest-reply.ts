import type { LoopbackReply } from '@dcm/wire/loopback'

const jsonType: readonly [string, string] = ['Content-Type', 'application/json']

/** A result in the form of `/api`: the value itself, or nothing. */
export function jsonReply(status: number, value?: unknown): LoopbackReply {
  return value === undefined ? { status: 204, body: '' } : { status, headers: [jsonType], body: JSON.stringify(value) }
}

/** An error of the services; its type says what is wrong, its status only roughly. */
export class RestFault extends Error {
  override readonly name = 'RestFault'
  readonly status: number
  readonly type: string

  constructor(status: number, type: string, message: string) {
    super(message)
    this.status = status
    this.type = type
  }

  /** As it stands in answers. */
  get value(): object {
    const messages = [{ id: `com.vmware.${this.type.toLowerCase()}`, default_message: this.message, args: [] }]
    return { error_type: this.type, messages }
  }

  reply(): LoopbackReply {
    return jsonReply(this.status, this.value)
  }
}

export function notFound(what: string, id: string): RestFault {
  return new RestFault(404, 'NOT_FOUND', `The ${what} '${id}' could not be found.`)
}

const byFault: Readonly<Record<string, readonly [status: number, type: string]>> = {
  DuplicateName: [400, 'ALREADY_EXISTS'],
  InvalidArgument: [400, 'INVALID_ARGUMENT'],
  InvalidFolder: [400, 'INVALID_ARGUMENT'],
  InvalidName: [400, 'INVALID_ARGUMENT'],
  ManagedObjectNotFound: [404, 'NOT_FOUND'],
  NoCompatibleHost: [500, 'UNABLE_TO_ALLOCATE_RESOURCE'],
  NoDiskSpace: [500, 'UNABLE_TO_ALLOCATE_RESOURCE'],
  RequestCanceled: [500, 'CANCELED'],
  TaskInProgress: [500, 'RESOURCE_BUSY'],
}

/** What the services make of a fault of the API, by its type. */
export function restFaultOf(fault: string, message: string): RestFault {
  const [status, type] = byFault[fault] ?? [500, 'ERROR']
  return new RestFault(status, type, message === '' ? fault : message)
}
