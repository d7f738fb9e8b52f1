import type { TaskFacts, TaskTable } from './api-model.js'
import { type OpenApiDocument, type OpenApiOperation, openApiMethods, operationKey } from './openapi.js'
import type { Schema } from './schema.js'

const upid: Schema = { $ref: '#/components/schemas/Upid' }

/**
 * Marks the answers that are task ids, which no API tree tells. Marking again after the table changed gives the same as
 * marking afresh: marks that the table lacks become strings again.
 */
export function markTasks(document: OpenApiDocument, tasks: TaskTable): OpenApiDocument {
  const paths = Object.entries(document.paths).map(([path, item]) => {
    const operations = openApiMethods.flatMap((method) => {
      const operation = item[method]
      return operation ? [[method, markOperation(operationKey(method, path), operation, tasks)] as const] : []
    })
    return [path, Object.fromEntries(operations)] as const
  })
  return { ...document, paths: Object.fromEntries(paths) }
}

function markOperation(key: string, operation: OpenApiOperation, tasks: TaskTable): OpenApiOperation {
  const { 'x-task-types': marked, ...rest } = operation
  const declared = operation.responses['200'].content['application/json'].schema
  const task = tasks.tasks[key]
  if (task) return { ...withAnswer(rest, taskAnswer(task)), 'x-task-types': task.types }
  if (marked) return withAnswer(rest, { type: 'string' })
  const member = declared.properties?.upid
  if (!member) return operation
  const answer = {
    ...declared.properties,
    upid: key in tasks.upidMembers ? upid : member.$ref ? { type: 'string' as const } : member,
  }
  return withAnswer(rest, { ...declared, properties: answer })
}

function taskAnswer({ literal, null: whenNull }: TaskFacts): Schema {
  const others: Schema[] = [...(literal ? [{ const: literal }] : []), ...(whenNull ? [{ type: 'null' as const }] : [])]
  return others.length > 0 ? { oneOf: [upid, ...others] } : upid
}

function withAnswer(operation: OpenApiOperation, schema: Schema): OpenApiOperation {
  const answer = operation.responses['200']
  return { ...operation, responses: { '200': { ...answer, content: { 'application/json': { schema } } } } }
}
