import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildChild, type ChildProgram, storedHandle } from './run-child.js'
import { openStage, type Scenario, type Stage, scenarios } from './scenario.js'
import type { ChildResult, ChildTask } from './task.js'

let program: ChildProgram
beforeAll(async () => {
  program = await buildChild()
})
afterAll(() => program.remove())

async function onStage<T>(work: (stage: Stage) => Promise<T>): Promise<T> {
  const stage = await openStage()
  try {
    return await work(stage)
  } finally {
    await stage.served.close()
  }
}

/** A process that goes on where a dead one stopped: from its handle, or with the same request when it left none. */
function successor(stage: Stage, work: ChildTask['work'], handleFile: string, dieAt?: number): ChildTask {
  const handle = storedHandle(handleFile)
  const { url, token } = stage.served
  return {
    url,
    token,
    handleFile,
    work: handle ? { do: 'resume', handle } : work,
    ...(dieAt !== undefined && { dieAt }),
  }
}

/** Runs the scenario in a process that dies after that checkpoint, resumes in a new one, and counts at the platform. */
function killedAt(scenario: Scenario, dieAt: number): Promise<void> {
  return onStage(async (stage) => {
    const work = await scenario.prepare(stage)
    const handleFile = program.handleFile()
    expect(await program.run(successor(stage, work, handleFile, dieAt)), 'it was to die').toBeUndefined()
    expectEnd(scenario, stage, await program.run(successor(stage, work, handleFile)))
  })
}

/** The n-th mutation is carried out and, instead of being answered, kills the process that sent it. */
function killedBeforeAnswer(scenario: Scenario, n: number): Promise<void> {
  return onStage(async (stage) => {
    const work = await scenario.prepare(stage)
    stage.control.holdReply('mutation', { after: n - 1 })
    const handleFile = program.handleFile()
    const died = await program.run(successor(stage, work, handleFile), (child) => {
      stage.platform.onHeld = () => child.kill('SIGKILL')
    })
    expect(died, 'it was to die').toBeUndefined()
    // Nobody but the platform knows of this mutation: the stored handle says that it was meant.
    expect(storedHandle(handleFile)?.cursor.stage).toBe('intent')
    expectEnd(scenario, stage, await program.run(successor(stage, work, handleFile)))
  })
}

/** How many checkpoints and mutations it has when nobody dies. */
function undisturbed(scenario: Scenario): Promise<{ readonly checkpoints: number; readonly mutations: number }> {
  return onStage(async (stage) => {
    const work = await scenario.prepare(stage)
    const before = stage.control.count({ mutation: true })
    const result = await program.run(successor(stage, work, program.handleFile()))
    expectEnd(scenario, stage, result)
    const mutations = stage.control.count({ mutation: true }) - before
    return { checkpoints: result?.checkpoints ?? 0, mutations }
  })
}

function expectEnd(scenario: Scenario, stage: Stage, result: ChildResult | undefined): void {
  if (!result) throw new Error('the resuming process was killed')
  scenario.check(stage, result)
}

/** A few at a time: each is a process. */
async function inParallel(count: number, work: (number: number) => Promise<void>): Promise<void> {
  let next = 1
  const worker = async (): Promise<void> => {
    while (next <= count) await work(next++)
  }
  await Promise.all(Array.from({ length: 4 }, worker))
}

describe.each(scenarios)('$name', { timeout: 60_000 }, (scenario) => {
  it('ends right when its process is killed at any checkpoint, or between acceptance and answer', async () => {
    const { checkpoints, mutations } = await undisturbed(scenario)
    expect(checkpoints).toBeGreaterThan(2 * mutations)
    await inParallel(checkpoints, (n) => killedAt(scenario, n))
    await inParallel(mutations, (n) => killedBeforeAnswer(scenario, n))
  })
})

it('a creation ends right when every process gets one step further and is killed', { timeout: 60_000 }, async () => {
  const scenario = scenarios.find(({ name }) => name === 'create that fails and is undone')
  if (!scenario) throw new Error('no such scenario')
  await onStage(async (stage) => {
    const work = await scenario.prepare(stage)
    const handleFile = program.handleFile()
    for (let lives = 0; lives < 40; lives += 1) {
      // At the second, since the first says again what the predecessor had meant to do.
      const result = await program.run(successor(stage, work, handleFile, 2))
      if (result) return expectEnd(scenario, stage, result)
    }
    throw new Error('forty processes did not get to the end')
  })
})
