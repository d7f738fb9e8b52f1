import type { AdapterContext } from '../adapter.js'
import type { AdapterFacetOf } from '../model/facets/facets.js'
import type { Snapshot } from '../model/facets/snapshots.js'
import { Secret } from '../secrets/secret.js'
import { fakeVm } from './fake-platform.js'

type Enter = (method: string, context: AdapterContext) => Promise<void>

/** The snapshots of one VM, made in two looks each. */
export function fakeSnapshots(enter: Enter): AdapterFacetOf<'snapshots'> {
  const kept: Snapshot[] = []
  return {
    async list(_input, context) {
      await enter('snapshots.list', context)
      return { snapshots: [...kept] }
    },
    create: {
      steps: [
        {
          name: 'snapshot',
          repeat: 'once',
          findCanBeWrong: 'somebody made one of that name by hand',
          async begin(context) {
            await enter('snapshots.create', context)
            return { task: String(kept.length + 1), retryAfterMs: 1, state: { id: String(kept.length + 1) } }
          },
          find: async ({ state }) => (kept.some(({ id }) => id === state.id) ? { found: 'mine' } : { found: 'absent' }),
          async poll({ input }, task) {
            kept.push({ id: String(task), name: input.name, memory: input.memory === true })
            return { done: true }
          },
        },
      ],
      async result({ state }) {
        const made = kept.find(({ id }) => id === state.id)
        if (made) return made
        throw new Error('the snapshot is not there')
      },
    },
    revert: {
      steps: [
        {
          name: 'revert',
          repeat: 'safe',
          async begin(context) {
            await enter('snapshots.revert', context)
            return { done: true }
          },
        },
      ],
      result: async ({ input }) => fakeVm(input.ref.endpoint, input.ref.id),
    },
    delete: {
      steps: [
        {
          name: 'delete',
          repeat: 'safe',
          async begin(context) {
            await enter('snapshots.delete', context)
            const at = kept.findIndex(({ id }) => id === context.input.snapshot)
            if (at >= 0) kept.splice(at, 1)
            return { done: true }
          },
        },
      ],
      result: async ({ input }) => ({ removed: [input.snapshot], left: [] }),
    },
  }
}

export function fakeConsole(enter: Enter): AdapterFacetOf<'console'> {
  return {
    async open(_input, context) {
      await enter('console.open', context)
      const expiresAt = '2026-01-01T00:00:30.000Z'
      return { protocol: 'vnc', url: 'wss://h/console', secret: new Secret('ticket-of-one-use'), expiresAt }
    },
  }
}
