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

  reply(): LoopbackReply {
    const messages = [{ id: `com.vmware.${this.type.toLowerCase()}`, default_message: this.message, args: [] }]
    return jsonReply(this.status, { error_type: this.type, messages })
  }
}
