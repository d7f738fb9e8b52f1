/** Every reason for which the platform refuses, in its own words. */
export type NativeCode =
  | 'BAD_LOGIN'
  | 'SESSION_EXPIRED'
  | 'NOT_PERMITTED'
  | 'NO_SUCH_VM'
  | 'NO_SUCH_OBJECT'
  | 'NO_SUCH_CALL'
  | 'DUPLICATE_ID'
  | 'DUPLICATE_CLAIM'
  | 'DUPLICATE_NAME'
  | 'REPLACED'
  | 'MARKED'
  | 'LOCKED'
  | 'WRONG_STATE'
  | 'NO_SPACE'
  | 'NO_MEMORY'
  | 'BAD_VALUE'
  | 'TOO_MANY_CLONES'
  | 'HOST_DOWN'
  | 'NO_TOOLS'
  | 'NO_AGENT'
  | 'NO_SUCH_FILE'
  | 'IN_USE'
  | 'OVERLOADED'
  | 'BROKEN'

/** More than the text, where the platform has more to say. */
export interface NativeFacts {
  readonly lock?: string
  readonly right?: string
  readonly host?: string
  readonly resource?: string
  readonly requested?: number
  readonly available?: number
}

/** The platform refused: the call changed nothing. */
export class NativeRefusal extends Error {
  readonly code: NativeCode
  readonly facts: NativeFacts

  constructor(code: NativeCode, message: string, facts: NativeFacts = {}) {
    super(message)
    this.name = 'NativeRefusal'
    this.code = code
    this.facts = facts
  }
}

/** No answer came back. `sent`: the platform may have done what was asked. */
export class NoAnswer extends Error {
  readonly sent: boolean

  constructor(message: string, sent: boolean) {
    super(message)
    this.name = 'NoAnswer'
    this.sent = sent
  }
}

/** What came back means nothing. */
export class StrangeAnswer extends Error {
  readonly excerpt: string

  constructor(excerpt: string) {
    super('the answer is not what this platform says')
    this.name = 'StrangeAnswer'
    this.excerpt = excerpt
  }
}
