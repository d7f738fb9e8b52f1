import { describe, expect, it } from 'vitest'
import { ProxmoxError } from './error.js'
import { createTask, finishedTask } from './task.js'
import { createTaskObserver } from './task-observer.js'
import type { TaskProgress } from './task-progress.js'
import { createTaskWatcher } from './task-watcher.js'

interface FakeTask {
  readonly upid: string
  exit: string | undefined
  log: string[]
  listed: boolean
  known: boolean
}

/** A node's task list and logs, by the rules of GET /nodes/{node}/tasks. */
function createNode() {
  const tasks = new Map<string, FakeTask>()
  const calls: string[] = []
  const node = {
    calls,
    failing: undefined as ProxmoxError | undefined,
    add(id: number, more: Partial<FakeTask> = {}): FakeTask {
      const upid = `UPID:pve1:${hex(id)}:00000001:6B03FC5D:qmclone:${100 + id}:root@pam!ci:`
      const task: FakeTask = { upid, exit: undefined, log: [], listed: true, known: true, ...more }
      tasks.set(upid, task)
      return task
    },
    async call(key: string, parameters: Readonly<Record<string, unknown>> = {}): Promise<unknown> {
      calls.push(key)
      await Promise.resolve()
      if (node.failing !== undefined) throw node.failing
      const task = tasks.get(String(parameters.upid))
      if (key === 'GET /nodes/{node}/tasks') {
        expect(parameters).toMatchObject({ node: 'pve1', source: 'all', since: 0x6b03fc5d })
        return [...tasks.values()].filter(({ listed }) => listed).map(row)
      }
      if (task === undefined || !task.known) {
        throw new ProxmoxError({ kind: 'task-lost', message: 'no such task', outcome: 'not-started', retryable: false })
      }
      if (key === 'DELETE /nodes/{node}/tasks/{upid}') {
        task.exit = 'unexpected status'
        return null
      }
      if (key.endsWith('/log')) {
        const lines = task.log.map((t, index) => ({ n: index + 1, t })).slice(Number(parameters.start))
        return task.log.length === 0 ? [{ n: 1, t: 'no content' }] : lines
      }
      return task.exit === undefined ? { status: 'running' } : { status: 'stopped', exitstatus: task.exit }
    },
  }
  const watcher = createTaskWatcher(createTaskObserver(node.call), { minMs: 2, maxMs: 5 })
  return { ...node, node, watcher, attach: (task: FakeTask) => createTask(task.upid, node.call, watcher) }
}

function row(task: FakeTask): object {
  return task.exit === undefined
    ? { upid: task.upid, status: 'RUNNING' }
    : { upid: task.upid, status: task.exit, endtime: 1 }
}

function hex(value: number): string {
  return value.toString(16).toUpperCase().padStart(8, '0')
}

function later(change: () => void): void {
  setTimeout(change, 12)
}

describe('waiting for tasks', () => {
  it('asks only the unprotected list, whatever the number of tasks', async () => {
    const { node, attach } = createNode()
    const tasks = Array.from({ length: 20 }, (_, index) => node.add(index))
    const waits = tasks.map((task) => attach(task).wait())
    later(() => {
      for (const task of tasks) task.exit = 'OK'
    })
    expect(await Promise.all(waits)).toEqual(tasks.map(() => ({ exitStatus: 'OK', warnings: 0 })))
    expect(new Set(node.calls)).toEqual(new Set(['GET /nodes/{node}/tasks']))
    // One request a look for all, not one for each.
    expect(node.calls.length).toBeLessThan(20)
  })

  it('tells warnings', async () => {
    const { node, attach } = createNode()
    const task = node.add(1, { exit: 'WARNINGS: 2' })
    expect(await attach(task).wait()).toEqual({ exitStatus: 'WARNINGS: 2', warnings: 2 })
  })

  it.each([
    ['VM quit/powerdown failed - got timeout', 'timeout', false],
    ["clone failed: can't lock file '/var/lock/pve-manager/pve-storage-lab' - got timeout", 'lock-timeout', true],
    ['unexpected status', 'task-failed', false],
    ['something new', 'task-failed', false],
  ])('fails with the class of %j', async (exit, kind, retryable) => {
    const { node, attach } = createNode()
    const task = node.add(1, { exit })
    await expect(attach(task).wait()).rejects.toMatchObject({
      kind,
      retryable,
      outcome: 'failed',
      upid: task.upid,
      node: 'pve1',
    })
  })

  it('asks for the status of a task that the list does not show, and then leaves the list alone', async () => {
    const { node, attach } = createNode()
    const task = node.add(1, { listed: false })
    const wait = attach(task).wait()
    later(() => {
      task.exit = 'OK'
    })
    expect(await wait).toEqual({ exitStatus: 'OK', warnings: 0 })
    expect(node.calls.filter((key) => key === 'GET /nodes/{node}/tasks')).toHaveLength(1)
  })

  it('says that a task is lost', async () => {
    const { node, attach } = createNode()
    await expect(attach(node.add(1, { listed: false, known: false })).wait()).rejects.toMatchObject({
      kind: 'task-lost',
      outcome: 'unknown',
    })
    expect(await attach(node.add(2, { known: false })).state()).toEqual({ state: 'lost' })
  })

  it('reads the log only for those who want progress, each line once, the last before the end', async () => {
    const { node, attach } = createNode()
    const task = node.add(1)
    const seen: TaskProgress[] = []
    const wait = attach(task).wait({
      onProgress(progress) {
        seen.push(progress)
        if (seen.length === 1) later(end)
      },
    })
    const end = () => {
      task.log.push('transferred 2 of 2 (100.00%)', 'TASK OK')
      task.exit = 'OK'
    }
    later(() => task.log.push('create full clone of drive scsi0 (x)', 'transferred 1 of 2 (50.00%)'))
    await wait
    expect(seen).toEqual([
      { fraction: 0.5, line: 'transferred 1 of 2 (50.00%)' },
      { fraction: 1, line: 'TASK OK' },
    ])
  })

  it('hands on what a progress callback throws', async () => {
    const { node, attach } = createNode()
    const task = node.add(1, { log: ['line'] })
    const wait = attach(task).wait({
      onProgress: () => {
        throw new Error('mine')
      },
    })
    await expect(wait).rejects.toThrow('mine')
  })

  it('goes on through a node that does not answer for a moment', async () => {
    const { node, attach } = createNode()
    node.failing = new ProxmoxError({
      kind: 'node-unreachable',
      message: '595',
      outcome: 'not-started',
      retryable: true,
    })
    const task = node.add(1, { exit: 'OK' })
    const wait = attach(task).wait()
    later(() => {
      node.failing = undefined
    })
    expect(await wait).toMatchObject({ exitStatus: 'OK' })
  })

  it('gives up at once when waiting cannot help', async () => {
    const { node, attach } = createNode()
    node.failing = new ProxmoxError({
      kind: 'unauthenticated',
      message: '401',
      outcome: 'not-started',
      retryable: false,
    })
    await expect(attach(node.add(1)).wait()).rejects.toMatchObject({ kind: 'unauthenticated', outcome: 'unknown' })
  })

  it('ends by signal, by time and by close, leaving the task alone', async () => {
    const { node, watcher, attach } = createNode()
    const task = attach(node.add(1))
    const controller = new AbortController()
    const aborted = task.wait({ signal: controller.signal })
    controller.abort(new Error('enough'))
    await expect(aborted).rejects.toMatchObject({ kind: 'aborted', outcome: 'unknown' })
    await expect(task.wait({ signal: AbortSignal.abort() })).rejects.toMatchObject({ kind: 'aborted' })
    await expect(task.wait({ timeoutMs: 5 })).rejects.toMatchObject({ kind: 'timeout', outcome: 'unknown' })
    const open = task.wait()
    watcher.close()
    await expect(open).rejects.toMatchObject({ kind: 'closed', outcome: 'unknown' })
    expect(node.calls).not.toContain('DELETE /nodes/{node}/tasks/{upid}')
  })

  it('stops looking when nobody waits', async () => {
    const { node, attach } = createNode()
    await attach(node.add(1, { exit: 'OK' })).wait()
    const before = node.calls.length
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(node.calls).toHaveLength(before)
  })

  it('stops a task, reads its log and its state', async () => {
    const { node, attach } = createNode()
    const task = attach(node.add(1))
    expect(await task.state()).toEqual({ state: 'running' })
    expect(await task.log()).toEqual([])
    await task.stop()
    expect(await task.state()).toEqual({
      state: 'finished',
      exitStatus: 'unexpected status',
      succeeded: false,
      warnings: 0,
    })
  })

  it('has nothing to do for work that was done at once', async () => {
    expect(finishedTask.upid).toBeNull()
    expect(await finishedTask.wait()).toEqual({ exitStatus: 'OK', warnings: 0 })
    expect(await finishedTask.state()).toMatchObject({ state: 'finished', succeeded: true })
    await finishedTask.stop()
  })
})
