import { reference } from '../client/reference.js'
import type { Platform } from './platform.js'

/** So many tasks of a VM stand in a handle; the server itself remembers about ten. */
const mostTasks = 20

/** Tasks that the server remembers of a VM. What is kept of them tells a new one from those that were there. */
export async function recentTasks(platform: Platform, vm: string, signal: AbortSignal): Promise<string[]> {
  const { recentTask } = await platform.api.read(reference('VirtualMachine', vm), 'VirtualMachine', ['recentTask'], {
    signal,
  })
  // A server may leave an empty list out.
  return (recentTask ?? []).map(({ value }) => value).slice(-mostTasks)
}

/** The first task of this kind (`VirtualMachine.reset`) that was not there `before`. */
export async function newTaskOf(
  platform: Platform,
  vm: string,
  kind: string,
  before: readonly string[] | undefined,
  signal: AbortSignal,
): Promise<string | undefined> {
  const fresh = (await recentTasks(platform, vm, signal)).filter((task) => before?.includes(task) !== true)
  if (fresh.length === 0) return undefined
  const tasks = fresh.map((task) => reference('Task', task))
  for await (const row of platform.api.readMany(tasks, 'Task', ['info.descriptionId'], { signal })) {
    if (row['info.descriptionId'] === kind) return row.ref.value
  }
  return undefined
}
