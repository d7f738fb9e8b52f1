import type { AdapterOperations, AnyPlugin } from '@dcm/core'
import type { MemoryPlugin } from '@dcm/core/memory'
import { describe, expect, it } from 'vitest'
import { findBrokenStory } from './check-stories.js'
import { memoryStage } from './memory-stage.js'

type AnyAdapter = ReturnType<MemoryPlugin['connect']>
type AnyStep = AdapterOperations['createVm']['steps'][number]

/** The plugin with one step of creations changed. */
function withStep(
  plugin: MemoryPlugin,
  name: string,
  change: (step: AnyStep, adapter: AnyAdapter) => AnyStep,
): MemoryPlugin {
  return {
    ...plugin,
    connect(config, context) {
      const adapter = plugin.connect(config, context)
      const { createVm } = adapter.operations
      const steps = createVm.steps.map((step) => (step.name === name ? change(step, adapter) : step))
      return { ...adapter, operations: { ...adapter.operations, createVm: { ...createVm, steps } } }
    },
  } satisfies AnyPlugin
}

/** `find` never sees what was made: a lost answer is taken for a lost request. */
const forgetful = (plugin: MemoryPlugin) =>
  withStep(plugin, 'create', (step) => ({
    ...step,
    repeat: 'once',
    find: async () => ({ found: 'absent' }),
    findCanBeWrong: 'always',
  }))

/** `find` takes everything for done. */
const credulous = (plugin: MemoryPlugin) =>
  withStep(plugin, 'create', (step) => ({
    ...step,
    repeat: 'once',
    find: async () => ({ found: 'mine' }),
    findCanBeWrong: 'always',
  }))

/** Undo removes whatever has the id by now. */
const ruthless = (plugin: MemoryPlugin) =>
  withStep(plugin, 'create', (step, { native }) => ({
    ...step,
    undo: [
      {
        name: 'remove',
        repeat: 'safe',
        async begin({ state, signal }) {
          await native.call('vm.remove', { id: String(state.vmId), keepDisks: false }, signal).catch(() => {})
          return { done: true }
        },
      },
    ],
  }))

/** Undo does nothing, and says that it did. */
const idle = (plugin: MemoryPlugin) => withStep(plugin, 'create', ({ undo: _none, ...step }) => step)

describe('the model catches', () => {
  it.each([
    ['a find that never sees what was made', forgetful],
    ['a find that takes everything for done', credulous],
    ['an undo that removes whatever has the id', ruthless],
    ['an undo that does nothing', idle],
  ])('%s', async (_bug, twin) => {
    const story = await findBrokenStory({ stage: () => memoryStage(twin), runs: 500, seed: 1 })
    expect(story).toMatch(/^Broken: /m)
  })
})
