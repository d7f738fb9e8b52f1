import { expect, it } from 'vitest'
import { chosenRuns, findBrokenStory } from './check-stories.js'
import { vsphereStage } from './vsphere-stage.js'

const patience = { timeout: 1_200_000 }

it('keeps its promises in every story played on the vSphere simulator', patience, async () => {
  const stage = () => vsphereStage('template')
  const runs = chosenRuns({ usual: 25, thorough: 100 })
  expect(await findBrokenStory({ stage, realTime: true, runs, acts: 8 })).toBeUndefined()
})

it('and with VMs from a content library', patience, async () => {
  const stage = () => vsphereStage('item')
  const runs = chosenRuns({ usual: 10, thorough: 50 })
  expect(await findBrokenStory({ stage, realTime: true, runs, acts: 8 })).toBeUndefined()
})
