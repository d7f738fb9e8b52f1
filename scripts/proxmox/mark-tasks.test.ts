import { describe, expect, it } from 'vitest'
import type { TaskTable } from './api-model.js'
import { importTree } from './import-tree.js'
import { markTasks } from './mark-tasks.js'
import type { Schema } from './schema.js'

const document = importTree(
  [
    { path: '/run', info: { POST: { returns: { type: 'string' } }, PUT: { returns: { type: 'string' } } } },
    { path: '/console', info: { POST: { returns: { properties: { upid: { type: 'string' } } } } } },
  ],
  '9.2',
)
const empty: TaskTable = { tasks: {}, notTasks: {}, upidMembers: {} }
const table: TaskTable = {
  tasks: {
    'POST /run': { types: ['a', 'b'], evidence: 'recorded' },
    'PUT /run': { types: [], evidence: 'unverified', null: 'sometimes', literal: 'OK' },
  },
  notTasks: {},
  upidMembers: { 'POST /console': 'c' },
}
const upid = { $ref: '#/components/schemas/Upid' }

function answer(marked: typeof document, path: string, method: 'post' | 'put'): Schema | undefined {
  return marked.paths[path]?.[method]?.responses['200'].content['application/json'].schema
}

describe('markTasks', () => {
  it('refers to task ids, with the null or word that may come instead', () => {
    const marked = markTasks(document, table)
    expect(answer(marked, '/run', 'post')).toEqual(upid)
    expect(marked.paths['/run']?.post?.['x-task-types']).toEqual(['a', 'b'])
    expect(answer(marked, '/run', 'put')).toEqual({ oneOf: [upid, { const: 'OK' }, { type: 'null' }] })
    expect(answer(marked, '/console', 'post')?.properties?.upid).toEqual(upid)
  })

  it('gives the same when done again, and takes back what the table no longer has', () => {
    const marked = markTasks(document, table)
    expect(markTasks(marked, table)).toEqual(marked)
    expect(markTasks(marked, empty)).toEqual(document)
  })
})
