import { expect, it } from 'vitest'
import { chosenRuns, findBrokenStory } from './check-stories.js'
import { vsphereStage } from './vsphere-stage.js'

it('keeps its promises in every story played on the vSphere simulator', { timeout: 1_200_000 }, async () => {
  expect(
    await findBrokenStory({
      stage: vsphereStage,
      realTime: true,
      runs: chosenRuns({ usual: 25, thorough: 100 }),
      acts: 8,
    }),
  ).toBeUndefined()
})
