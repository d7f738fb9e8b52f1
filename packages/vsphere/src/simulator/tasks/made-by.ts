import type { TypedValue } from '@dcm/wire/xml'
import type { Vim25Types } from '../../generated/types.js'
import { VimFault } from '../fault.js'
import type { Ref } from '../world/managed-object.js'
import type { World } from '../world/world.js'

/**
 * Waits until a task has ended, also when nobody can find it any more, and gives the object that it made. Throws the
 * fault that it ended with.
 */
export function madeBy(world: World, ref: Ref): Promise<Ref> {
  const task = world.get('Task', ref)
  return new Promise((resolve, reject) => {
    const stop = world.onChange(() => {
      const info = task.state.info as Vim25Types['TaskInfo'] | undefined // as the task board writes it
      if (info?.state !== 'success' && info?.state !== 'error') return
      stop()
      const { error, result } = info
      if (error === undefined)
        resolve((result as TypedValue).value as Ref) // by `reference`
      else reject(new VimFault({ _type: error.fault._type }, error.localizedMessage ?? ''))
    })
  })
}
