import { createHmac, randomBytes } from 'node:crypto'
import { sameText } from './totp.js'

const LIFE_SECONDS = 7_200
/** A ticket from a clock that runs ahead of ours is taken too. */
const GRACE_SECONDS = 300

export type TicketReading =
  | { readonly kind: 'user'; readonly user: string }
  | { readonly kind: 'challenge' }
  | { readonly kind: 'invalid' }

/** Issues and reads tickets and CSRF tokens; secrets live as long as the simulator. */
export interface TicketOffice {
  ticket(user: string): string
  /** A ticket that only answers for the second factor of `user`. */
  challenge(user: string, factors: Readonly<Record<string, unknown>>): string
  csrfToken(user: string): string
  read(ticket: string): TicketReading
  isChallengeOf(ticket: string, user: string): boolean
  isCsrfToken(token: string, user: string): boolean
  /** Makes every ticket issued so far worthless. */
  expireAll(): void
}

export function createTicketOffice(seconds: () => number): TicketOffice {
  let key = randomBytes(32)

  function sign(text: string): string {
    return createHmac('sha512', key).update(text).digest('base64')
  }

  function stamp(): string {
    return seconds().toString(16).toUpperCase().padStart(8, '0')
  }

  function isFresh(hexTime: string): boolean {
    const age = seconds() - Number.parseInt(hexTime, 16)
    return age > -GRACE_SECONDS && age < LIFE_SECONDS
  }

  return {
    ticket(user) {
      const plain = `PVE:${user}:${stamp()}`
      return `${plain}::${sign(plain)}`
    },
    challenge(user, factors) {
      const plain = `PVE:!tfa!${encodeURIComponent(JSON.stringify(factors))}:${stamp()}`
      return `${plain}::${sign(`${plain}:${user}`)}`
    },
    csrfToken(user) {
      const time = stamp()
      return `${time}:${sign(`csrf:${time}:${user}`)}`
    },
    read(ticket) {
      if (ticket.startsWith('PVE:!tfa!')) return { kind: 'challenge' }
      const parts = /^(PVE:([^:]+):([0-9A-F]{8}))::(.+)$/.exec(ticket)
      if (parts === null) return { kind: 'invalid' }
      const [, plain = '', user = '', time = '', signature = ''] = parts
      return sameText(sign(plain), signature) && isFresh(time) ? { kind: 'user', user } : { kind: 'invalid' }
    },
    isChallengeOf(ticket, user) {
      const parts = /^(PVE:!tfa![^:]+:([0-9A-F]{8}))::(.+)$/.exec(ticket)
      if (parts === null) return false
      const [, plain = '', time = '', signature = ''] = parts
      return sameText(sign(`${plain}:${user}`), signature) && isFresh(time)
    },
    isCsrfToken(token, user) {
      const parts = /^([0-9A-F]{8}):(.+)$/.exec(token)
      if (parts === null) return false
      const [, time = '', signature = ''] = parts
      return sameText(sign(`csrf:${time}:${user}`), signature) && isFresh(time)
    },
    expireAll() {
      key = randomBytes(32)
    },
  }
}
