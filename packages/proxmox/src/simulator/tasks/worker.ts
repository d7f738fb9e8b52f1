/** A worker that was killed outright: nothing is cleaned up and no final line is written. */
export class WorkerKilled extends Error {
  override readonly name = 'WorkerKilled'
}

/** What a task's code may do while it runs. */
export interface TaskWorker {
  readonly upid: string
  readonly node: string
  readonly pid: number
  /** Appends a line to the log. */
  log(line: string): void
  /** Appends a warning; the task then ends with `WARNINGS: n`. */
  warn(line: string): void
  /** Takes `ms` of the platform's time, before the simulator's factor. */
  pause(ms: number): Promise<void>
}

/** Runs `work`; when it fails, `cleanUp` runs before the failure goes on. A killed worker cleans up nothing. */
export async function withCleanUp<Result>(work: () => Promise<Result>, cleanUp: () => void): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof WorkerKilled)) cleanUp()
    throw error
  }
}
