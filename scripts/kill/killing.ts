import { expect } from 'vitest'
import { type ChildProgram, storedHandle } from './run-child.js'
import type { Scenario } from './scenarios.js'
import type { Stage } from './stage.js'
import type { ChildResult, ChildTask, Work } from './task.js'

/** Processes that were killed, and those of them whose operation came to its right end. */
export interface Tally {
  killed: number
  endedRight: number
}

/** One way to kill the processes of an operation. */
export type Killing = (run: Run) => Promise<ChildResult>

/** An operation on a stage, from one process to the next. */
export interface Run {
  readonly stage: Stage
  /** Starts a process that goes on where the last one died. Undefined when it was killed. */
  process(how?: {
    readonly dieAt?: number
    readonly started?: (kill: () => void) => void
  }): Promise<ChildResult | undefined>
  /** The stage that the stored handle says the operation is in. */
  storedStage(): string | undefined
}

/** The first process dies after that checkpoint. */
export function atCheckpoint(dieAt: number): Killing {
  return async ({ process }) => {
    expect(await process({ dieAt }), 'it was to die').toBeUndefined()
    return alive(await process())
  }
}

/** The n-th change, from 0, is carried out and, instead of being answered, kills the process that sent it. */
export function beforeAnswer(n: number): Killing {
  return async ({ stage, process, storedStage }) => {
    const happened = await stage.holdAnswer(n)
    const died = await process({ started: (kill) => void happened().then(kill) })
    expect(died, 'it was to die').toBeUndefined()
    // Nobody but the platform knows of this change: the stored handle says that it was meant.
    expect(storedStage()).toBe('intent')
    return alive(await process())
  }
}

/** Every process gets so many checkpoints far and is killed. More than one: the first says again what was meant. */
export function againAndAgain(dieAt: number): Killing {
  return async ({ process }) => {
    for (let lives = 0; lives < 60; lives += 1) {
      const result = await process({ dieAt })
      if (result !== undefined) return result
    }
    throw new Error('sixty processes did not get to the end')
  }
}

export const undisturbed: Killing = async ({ process }) => alive(await process())

function alive(result: ChildResult | undefined): ChildResult {
  if (result === undefined) throw new Error('the resuming process was killed')
  return result
}

/** Plays a scenario with that killing on an empty stage, and judges its end by what the platform counts. */
export async function play(
  program: ChildProgram,
  scenario: Scenario,
  stage: Stage,
  killing: Killing,
  tally: Tally,
): Promise<{ readonly checkpoints: number; readonly changes: number }> {
  await stage.reset()
  const first = await scenario.prepare(stage)
  const handleFile = program.handleFile()
  let killed = 0
  const result = await killing({
    stage,
    storedStage: () => storedHandle(handleFile)?.cursor.stage,
    async process({ dieAt, started } = {}) {
      const task: ChildTask = {
        address: stage.address,
        work: successorsWork(first, handleFile),
        handleFile,
        ...(dieAt !== undefined && { dieAt }),
      }
      const ended = await program.run(task, (child) => started?.(() => child.kill('SIGKILL')))
      if (ended === undefined) killed += 1
      return ended
    },
  })
  tally.killed += killed
  const counts = await stage.counts()
  scenario.check({ result, machines: await stage.machines(), counts })
  expect(await stage.strayVolumes()).toEqual([])
  tally.endedRight += killed
  return { checkpoints: result.checkpoints, changes: counts.changes }
}

/** A process goes on from the handle of the dead one, or with the same request when that left none. */
function successorsWork(first: Work, handleFile: string): Work {
  const handle = storedHandle(handleFile)
  return handle ? { do: 'resume', handle } : first
}
