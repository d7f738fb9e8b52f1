import type { Operation } from './operation.js'

export const versionOperations: readonly Operation[] = [
  { key: 'GET /version', run: ({ world }) => ({ data: { ...world.traits.version } }) },
]
