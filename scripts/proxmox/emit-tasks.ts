import type { ApiModel } from './api-model.js'
import { header, quote } from './typescript-text.js'

/** task-operations.ts: which operations answer with a task id, and of which types. */
export function emitTasks({ operations, version }: ApiModel): string {
  const tasks = operations.filter(({ task }) => task)
  return `${header(version, 'Operations that answer with a task id (UPID).')}
export const taskOperations: ReadonlySet<string> = new Set([
${tasks.map(({ key }) => `  ${quote(key)},`).join('\n')}
])
`
}
