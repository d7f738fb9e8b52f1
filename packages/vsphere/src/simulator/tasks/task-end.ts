import type { TypedValue } from '@dcm/wire/xml'
import type { Vim25Types } from '../../generated/types.js'
import type { Ref } from '../world/managed-object.js'
import type { World } from '../world/world.js'

type TaskInfo = Omit<Vim25Types['TaskInfo'], 'result'> & { readonly result?: TypedValue }

/** Waits until a task has ended, also when nobody can find it any more. */
export function endOf(world: World, ref: Ref): Promise<TaskInfo> {
  const task = world.get('Task', ref)
  return new Promise((resolve) => {
    const stop = world.onChange(() => {
      const info = task.state.info as TaskInfo | undefined // as the task board writes it
      if (info?.state !== 'success' && info?.state !== 'error') return
      stop()
      resolve(info)
    })
  })
}
