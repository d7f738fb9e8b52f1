import type { Secret } from '../../secrets/secret.js'
import type { VmRef } from '../references.js'

/** The way to a VM's screen or serial line, good for one connection and a short time. */
export interface ConsoleTicket {
  /** What is spoken at `url`. */
  readonly protocol: 'vnc' | 'webmks' | 'spice' | 'rdp' | 'terminal'
  /** Where to connect (`wss:`, `https:`, `tcp:`). Holds no secret. */
  readonly url: string
  /** Password or ticket. Nothing prints it: `reveal()` gives it. */
  readonly secret: Secret
  /** ISO time, on our clock, after which it opens nothing. Platforms that do not tell it are taken to mean what they document. */
  readonly expiresAt: string
  /** SHA-256 of the certificate at `url`, where it is not the endpoint's. */
  readonly fingerprint256?: string
}

export interface ConsoleReads {
  /** Each call makes a new ticket, and an audit event. FAILED_PRECONDITION for a VM that does not run. */
  open(input: { readonly ref: VmRef; readonly kind: 'screen' | 'serial' }): ConsoleTicket
}
