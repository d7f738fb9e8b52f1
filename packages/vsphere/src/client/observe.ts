import { channel } from 'node:diagnostics_channel'

/** Published on the diagnostics channel `dcm.vsphere.login`. */
export interface LoginEvent {
  readonly host: string
  readonly method: 'Login' | 'LoginByToken' | 'CloneSession' | 'POST /api/session' | 'POST /rest/com/vmware/cis/session'
  readonly succeeded: boolean
}

const logins = channel('dcm.vsphere.login')

export function publishLogin(event: LoginEvent): void {
  if (logins.hasSubscribers) logins.publish(event)
}
