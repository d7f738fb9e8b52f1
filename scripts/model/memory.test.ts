import { expect, it } from 'vitest'
import { chosenRuns, findBrokenStory } from './check-stories.js'
import { memoryStage } from './memory-stage.js'

it('keeps its promises in every story played on the in-memory hypervisor', { timeout: 1_200_000 }, async () => {
  expect(
    await findBrokenStory({ stage: memoryStage, runs: chosenRuns({ usual: 2_500, thorough: 10_000 }) }),
  ).toBeUndefined()
})
