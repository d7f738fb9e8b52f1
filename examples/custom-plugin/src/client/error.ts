/** How a call can fail. The client throws its own error: applications that use it alone know nothing of the port. */
export class PebbleError extends Error {
  /** The appliance said no; nobody answered; what was answered is not of this API. */
  readonly kind: 'refused' | 'no-answer' | 'garbled'
  /** HTTP status of a refusal. */
  readonly status: number | undefined
  /** The appliance's own word: `name-taken`. */
  readonly code: string | undefined
  /** May the call have changed something? A refusal never has; a write without an answer may. */
  readonly mayHaveHappened: boolean

  constructor(
    kind: PebbleError['kind'],
    text: string,
    facts: {
      readonly status?: number
      readonly code?: string
      readonly mayHaveHappened?: boolean
      cause?: unknown
    } = {},
  ) {
    super(text, facts.cause === undefined ? undefined : { cause: facts.cause })
    this.name = 'PebbleError'
    this.kind = kind
    this.status = facts.status
    this.code = facts.code
    this.mayHaveHappened = facts.mayHaveHappened ?? false
  }
}
