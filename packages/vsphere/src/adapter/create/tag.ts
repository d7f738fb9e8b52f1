import type { Step } from '@dcm/core'
import type { Platform } from '../platform.js'
import { vmOf } from '../power/power-state.js'
import type { CreateInput, CreateState } from './state.js'

/** Attaches the tags of the specification; those that the VM has already stay. */
export function tagStep(platform: Platform): Step<CreateInput, CreateState> {
  return {
    name: 'tag',
    repeat: 'safe',
    times: ({ input, state }) => ((input.spec.tags ?? []).length === 0 || state.finished === true ? 0 : 1),
    async begin({ input, state, signal }) {
      await platform.tags.attach(vmOf(state).value, input.spec.tags ?? [], signal)
      return { done: true }
    },
  }
}
