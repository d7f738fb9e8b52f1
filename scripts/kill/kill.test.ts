import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { againAndAgain, atCheckpoint, beforeAnswer, type Killing, play, type Tally, undisturbed } from './killing.js'
import { openMemoryStage } from './memory-stage.js'
import { openProxmoxStage } from './proxmox-stage.js'
import { buildChild, type ChildProgram } from './run-child.js'
import { scenarios } from './scenarios.js'
import type { Stage } from './stage.js'

/** So many processes at a time. */
const lanes = 3
/** What this project promises. */
const leastKills = 200

const platforms = [
  { platform: 'memory', openStage: openMemoryStage },
  { platform: 'Proxmox', openStage: openProxmoxStage },
] as const
const tallies = new Map<string, Tally>(platforms.map(({ platform }) => [platform, { killed: 0, endedRight: 0 }]))

let program: ChildProgram
beforeAll(async () => {
  program = await buildChild()
})
afterAll(() => program.remove())

const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index)

describe.each(platforms)('$platform: killed at any checkpoint, before any answer, and again and again', (one) => {
  const stages: Stage[] = []
  const tally: Tally = tallies.get(one.platform) ?? { killed: 0, endedRight: 0 }
  beforeAll(async () => {
    stages.push(...(await Promise.all(numbers(lanes).map(() => one.openStage()))))
  })
  afterAll(async () => void (await Promise.all(stages.map((stage) => stage.close()))))

  it.each(scenarios)('$name', { timeout: 900_000 }, async (scenario) => {
    const [stage] = stages
    if (!stage) throw new Error('no stage')
    const { checkpoints, changes } = await play(program, scenario, stage, undisturbed, tally)
    expect(checkpoints).toBeGreaterThan(changes)
    const killings: Killing[] = [
      againAndAgain(2),
      ...numbers(checkpoints).map((n) => atCheckpoint(n + 1)),
      ...numbers(changes).map(beforeAnswer),
    ]
    await Promise.all(
      stages.map(async (own) => {
        for (let next = killings.shift(); next !== undefined; next = killings.shift()) {
          await play(program, scenario, own, next, tally)
        }
      }),
    )
  })
})

it(`kills at least ${leastKills} processes, and every operation ends right`, () => {
  const all = [...tallies.values()]
  const sum = (count: (tally: Tally) => number): number => all.reduce((total, tally) => total + count(tally), 0)
  const killed = sum((tally) => tally.killed)
  const endedRight = sum((tally) => tally.endedRight)
  const each = [...tallies].map(([platform, tally]) => `${platform} ${tally.killed}`).join(', ')
  process.stdout.write(`kills: ${endedRight} of ${killed} ended right (${each})\n`)
  expect(endedRight).toBe(killed)
  expect(killed).toBeGreaterThanOrEqual(leastKills)
})
