import { ClockStopped } from '@dcm/wire/loopback'
import type { Vim25Types } from '../../generated/types.js'
import { localized, VimFault, vimFault } from '../fault.js'
import { takeTaskFault } from '../faults/switches.js'
import type { ManagedObject, Ref } from '../world/managed-object.js'
import type { World } from '../world/world.js'
import { descriptionIdOf } from './description-id.js'

type TaskInfo = Vim25Types['TaskInfo']
type Info = { -readonly [Name in keyof TaskInfo]?: unknown } & Pick<TaskInfo, 'state'>

export interface TaskOrder {
  readonly method: string
  readonly entity: ManagedObject<'ManagedEntity'>
  readonly userName: string
  /** Objects that no other task may work on meanwhile. */
  readonly locks?: readonly ManagedObject[]
  readonly durationMs: number
  /** When the task begins to run; throws a fault that ends it. May lock further objects for as long as it runs. */
  readonly check?: (lock: (object: ManagedObject) => void) => void
  /** Holds the task up between its begin and its work, such as an unanswered question. */
  readonly hold?: () => Promise<void>
  /** At the end; gives the result, throws a fault. */
  readonly finish: () => unknown
  /** Takes back what `check` did, when the task ends in any other way than by `finish`. */
  readonly undo?: () => void
}

export interface TaskBoard {
  /** Throws TaskInProgress where a task works on one of the objects. */
  assertFree(objects: readonly ManagedObject[]): void
  /** Starts a task. Throws TaskInProgress where an object is locked. */
  start(order: TaskOrder): Ref
  cancel(task: ManagedObject<'Task'>): void
  /** Tasks that are queued or run. */
  active(): number
}

const progressSteps = [10, 35, 60, 85]
const keepMs = 10 * 60_000
const recentTasks = 200

export function createTaskBoard(world: World): TaskBoard {
  const { clock, switches, timing } = world
  const lockedBy = new Map<ManagedObject, Ref>()
  const cancelled = new Set<ManagedObject>()
  let activeCount = 0

  function assertFree(locks: readonly ManagedObject[]): void {
    for (const each of locks) {
      const task = lockedBy.get(each)
      if (task !== undefined)
        throw vimFault(
          'TaskInProgress',
          { task },
          'The operation is not allowed in the current state: another task is already in progress.',
        )
    }
  }

  const recall = (entity: ManagedObject<'ManagedEntity'>, list: Ref[]): void =>
    world.change(entity, { recentTask: list })

  async function run(
    task: ManagedObject<'Task'>,
    order: TaskOrder,
    update: (info: Partial<Info>) => void,
  ): Promise<void> {
    const assertWanted = (): void => {
      if (cancelled.has(task)) throw vimFault('RequestCanceled', {}, 'The task was canceled by a user.')
      if (world.lookUp(order.entity.ref) === undefined)
        throw vimFault('ManagedObjectNotFound', { obj: order.entity.ref })
    }
    const spoiled = takeTaskFault(switches, order.method)
    const locked = [...(order.locks ?? [])]
    let done = false
    try {
      await clock.sleep(timing.queue)
      while (switches.tasksHeld) await clock.sleep(5)
      assertWanted()
      update({ state: 'running', startTime: world.timestamp() })
      order.check?.((object) => {
        locked.push(object)
        lockedBy.set(object, task.ref)
      })
      await order.hold?.()
      for (const progress of progressSteps) {
        assertWanted()
        update({ progress })
        await clock.sleep((order.durationMs * switches.taskPace) / progressSteps.length)
      }
      assertWanted()
      if (spoiled !== undefined) throw new VimFault(spoiled.fault, spoiled.message ?? '')
      const result = order.finish()
      done = true
      update({
        state: 'success',
        progress: undefined,
        completeTime: world.timestamp(),
        ...(result === undefined ? {} : { result }),
      })
    } catch (error) {
      if (error instanceof ClockStopped) return
      if (!done) order.undo?.()
      const fault =
        error instanceof VimFault ? error : vimFault('SystemError', { reason: String(error) }, String(error))
      update({
        state: 'error',
        error: localized(fault),
        cancelled: cancelled.has(task),
        progress: undefined,
        completeTime: world.timestamp(),
      })
    } finally {
      cancelled.delete(task)
      for (const each of locked) lockedBy.delete(each)
      activeCount -= 1
    }
    void clock.sleep(keepMs).then(
      () => world.remove(task),
      () => {}, // the simulator is closed
    )
  }

  return {
    assertFree,
    active: () => activeCount,
    start(order) {
      assertFree(order.locks ?? [])
      const task = world.add('Task', {})
      const name = order.entity.state.name
      let info: Info = {
        key: task.ref.value,
        task: task.ref,
        name: order.method,
        descriptionId: descriptionIdOf(order.method, order.entity.ref.type),
        entity: order.entity.ref,
        entityName: name,
        state: 'queued',
        cancelled: false,
        cancelable: switches.cancelable,
        reason: { _type: 'TaskReasonUser', userName: order.userName },
        queueTime: world.timestamp(),
        eventChainId: world.next('chain'),
      }
      const update = (changes: Partial<Info>): void => {
        info = { ...info, ...changes }
        world.change(task, { info: info as TaskInfo }) // all that is required was set above
      }
      update({})
      for (const each of order.locks ?? []) lockedBy.set(each, task.ref)
      recall(order.entity, [...(order.entity.state.recentTask ?? []).slice(-9), task.ref])
      const { taskManager } = world.content
      if (taskManager !== undefined) {
        const manager = world.get('TaskManager', taskManager)
        world.change(manager, { recentTask: [...(manager.state.recentTask ?? []), task.ref].slice(-recentTasks) })
      }
      activeCount += 1
      void run(task, order, update)
      return task.ref
    },
    cancel(task) {
      const info = task.state.info
      if (info === undefined || info.state === 'success' || info.state === 'error') throw vimFault('InvalidState')
      if (!info.cancelable) throw vimFault('NotSupported')
      cancelled.add(task)
    },
  }
}
