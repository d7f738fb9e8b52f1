import { createBatcher } from '@dcm/core'
import type { VsphereClient } from '../client/client.js'
import { VsphereError } from '../client/error.js'
import type { Retrieved } from '../client/property-path.js'
import { errorOfMethodFault } from '../client/read-fault.js'
import { type ManagedObjectReference, reference } from '../client/reference.js'

/** What a look at a task says. */
export type TaskLook =
  | { readonly verdict: 'running'; readonly fraction?: number }
  | { readonly verdict: 'succeeded'; readonly result: unknown }
  | { readonly verdict: 'failed'; readonly error: VsphereError }
  /** The server forgot it: decide by condition. */
  | { readonly verdict: 'lost' }

/** What is watched of a VM while something is done to it. */
export interface VmPulse {
  readonly powerState: string
  readonly question?: string
  readonly toolsRunning: boolean
  readonly guestState?: string
  readonly bootTime?: string
}

/** Looks of many operations in one call each. */
export interface TaskPolling {
  look(task: string): Promise<TaskLook>
  /** Undefined when the VM is gone. */
  pulse(vm: string): Promise<VmPulse | undefined>
}

const taskPaths = ['info.state', 'info.progress', 'info.error', 'info.result', 'info.descriptionId'] as const
const pulsePaths = [
  'runtime.powerState',
  'runtime.question',
  'runtime.bootTime',
  'guest.toolsRunningStatus',
  'guest.guestState',
] as const

/** Everybody who looks in one turn of the event loop shares one property read: no call waits, none is a long poll. */
export function createTaskPolling(api: VsphereClient): TaskPolling {
  const look = createBatcher<string, TaskLook>((ids) => onceMore(() => lookAt(ids)))

  async function lookAt(ids: readonly string[]): Promise<TaskLook[]> {
    const found = new Map<string, TaskLook>()
    for await (const row of api.readMany(referencesOf('Task', ids), 'Task', taskPaths)) {
      found.set(row.ref.value, await lookOf(row, row.ref.value))
    }
    return ids.map((id) => found.get(id) ?? { verdict: 'lost' })
  }

  async function lookOf(row: TaskRow, task: string): Promise<TaskLook> {
    if (row['info.state'] === 'success') return { verdict: 'succeeded', result: row['info.result'] }
    if (row['info.state'] !== 'error') {
      const percent = row['info.progress']
      return { verdict: 'running', ...(percent !== undefined && { fraction: percent / 100 }) }
    }
    const fault = row['info.error'] ?? {
      fault: { _type: 'MethodFault' as const, faultCause: undefined, faultMessage: [] },
    }
    const operation = row['info.descriptionId'] ?? 'task'
    const error = await errorOfMethodFault(fault, { host: api.host, operation, task, redact: api.redact })
    return { verdict: 'failed', error }
  }

  const pulse = createBatcher<string, VmPulse | undefined>((ids) => onceMore(() => pulseOf(ids)))

  async function pulseOf(ids: readonly string[]): Promise<(VmPulse | undefined)[]> {
    const found = new Map<string, VmPulse>()
    for await (const row of api.readMany(referencesOf('VirtualMachine', ids), 'VirtualMachine', pulsePaths)) {
      const { 'runtime.question': question, 'runtime.bootTime': bootTime, 'guest.guestState': guestState } = row
      found.set(row.ref.value, {
        powerState: row['runtime.powerState'],
        ...(question !== undefined && { question: question.text }),
        toolsRunning: row['guest.toolsRunningStatus'] === 'guestToolsRunning',
        ...(guestState !== undefined && { guestState }),
        ...(bootTime !== undefined && { bootTime }),
      })
    }
    return ids.map((id) => found.get(id))
  }

  return { look, pulse }
}

/** One strange answer, of a proxy perhaps, is no reason to give up all that is looked at. */
async function onceMore<Value>(look: () => Promise<Value>): Promise<Value> {
  try {
    return await look()
  } catch (error) {
    if (VsphereError.isInstance(error) && error.kind === 'protocol') return look()
    throw error
  }
}

type TaskRow = Retrieved<'Task', (typeof taskPaths)[number]>

function referencesOf(type: string, ids: readonly string[]): ManagedObjectReference[] {
  return [...new Set(ids)].map((id) => reference(type, id))
}
