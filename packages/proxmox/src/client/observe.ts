import { channel } from 'node:diagnostics_channel'

/** Published on the diagnostics channel `dcm.proxmox.login`. */
export interface LoginEvent {
  readonly host: string
  readonly username: string
  /** By the old ticket, not by the password. */
  readonly renewal: boolean
  readonly succeeded: boolean
}

const logins = channel('dcm.proxmox.login')

export function publishLogin(event: LoginEvent): void {
  if (logins.hasSubscribers) logins.publish(event)
}
