import { describe, expect, it } from 'vitest'
import { buildModel } from './build-model.js'
import { emitPaths } from './emit-paths.js'
import { importTree } from './import-tree.js'
import { markTasks } from './mark-tasks.js'

describe('emitPaths', () => {
  it('writes indexed names as keys with a number, task ids as such, and overlaid answers', async () => {
    const tasks = {
      tasks: { 'POST /vm': { types: ['t'], evidence: 'recorded' as const } },
      notTasks: {},
      upidMembers: {},
    }
    const properties = { 'net[n]': { type: 'string', optional: 1 }, vmid: { type: 'integer' } }
    const tree = [
      { path: '/vm', info: { POST: { parameters: { properties }, returns: { type: 'string' } } } },
      { path: '/open', info: { GET: { returns: { type: 'object' } } } },
    ]
    const document = markTasks(importTree(tree, '9.2'), tasks)
    const overlays = { 'GET /open': { source: 's', members: { known: { type: 'string' as const } } } }
    const presence = {
      versions: ['9.2'],
      since: {},
      removed: {},
      parameters: {},
      removedParameters: {},
      formerNumbers: {},
    }
    const text = await emitPaths(document, buildModel({ document, tasks, overlays, presence }))
    expect(text).toContain(`[key: \`net\${number}\`]: string;`)
    expect(text).toContain(`Upid: \`UPID:\${string}\`;`)
    expect(text).toContain('"application/json": components["schemas"]["Upid"];')
    expect(text).toContain('known?: string;')
  })
})
