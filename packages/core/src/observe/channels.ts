import { type Channel, channel } from 'node:diagnostics_channel'
import type { StepEvent } from '../operations/host.js'
import type { AuditEvent, CallEvent, EventSource } from './events.js'

// Messages are made only when somebody listens.
const calls: Channel = channel('dcm.core.call')
const steps: Channel = channel('dcm.core.step')
const audits: Channel = channel('dcm.core.audit')

/** Are calls listened to? */
export function callsAreObserved(): boolean {
  return calls.hasSubscribers
}

export function publishCall(event: CallEvent): void {
  calls.publish(event)
}

/** Publishes a step of an operation on `dcm.core.step`. */
export function publishStep(source: EventSource, event: StepEvent): void {
  if (steps.hasSubscribers) steps.publish({ ...source, ...event })
}

export function publishAudit(event: AuditEvent): void {
  audits.publish(event)
}
