import { expect, it } from 'vitest'
import { chosenRuns, findBrokenStory } from './check-stories.js'
import { proxmoxStage } from './proxmox-stage.js'

it('keeps its promises in every story played on the Proxmox simulator', { timeout: 1_200_000 }, async () => {
  expect(
    await findBrokenStory({
      stage: proxmoxStage,
      realTime: true,
      runs: chosenRuns({ usual: 60, thorough: 300 }),
      acts: 10,
    }),
  ).toBeUndefined()
})
