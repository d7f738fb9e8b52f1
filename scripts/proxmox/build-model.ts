import type { ApiModel, ApiOperation, ApiParameter, TaskTable } from './api-model.js'
import { type OpenApiDocument, type OpenApiOperation, operationsOf } from './openapi.js'
import { type Overlays, resolveAnswers } from './overlays.js'
import type { Presence } from './presence.js'
import { indexedName } from './schema.js'

export interface ModelSources {
  readonly document: OpenApiDocument
  readonly tasks: TaskTable
  readonly overlays: Overlays
  readonly presence: Presence
}

/** Joins the document (tasks marked already), task table and presence data into what the emitters read. */
export function buildModel({ document, tasks, overlays, presence }: ModelSources): ApiModel {
  const answers = resolveAnswers(document, overlays, presence.formerNumbers)
  const operations = [...operationsOf(document)].map(({ key, method, path, operation }): ApiOperation => {
    const task = tasks.tasks[key]
    const source = overlays[key]?.source
    return {
      key,
      method: method.toUpperCase(),
      path,
      parameters: flatParameters(operation),
      result: answers.get(key) ?? {},
      ...(task && { task }),
      ...(source && { resultSource: source }),
      additionalProperties: operation['x-additional-parameters'] === true,
      protected: operation['x-protected'] === true,
      ...(operation['x-proxyto'] && { proxyto: operation['x-proxyto'] }),
      allowtoken: operation['x-allowtoken'] !== false,
      download: operation['x-download'] === true,
      ...(operation['x-permissions'] !== undefined && { permissions: operation['x-permissions'] }),
      versions: presence.versions.slice(presence.versions.indexOf(presence.since[key] ?? presence.versions[0] ?? '')),
    }
  })
  const known = new Set(operations.map(({ key }) => key))
  const unknown = [
    ...Object.keys(tasks.tasks),
    ...Object.keys(tasks.notTasks),
    ...Object.keys(tasks.upidMembers),
  ].filter((key) => !known.has(key))
  if (unknown.length > 0)
    throw new Error(`specs/proxmox/tasks.json names operations the document lacks: ${unknown.join(', ')}`)
  return {
    version: document.info.version,
    operations,
    propertyStrings: document.components['x-property-strings'],
    presence,
  }
}

function flatParameters(operation: OpenApiOperation): Record<string, ApiParameter> {
  const parameters: Record<string, ApiParameter> = {}
  for (const { name, in: place, required, schema } of operation.parameters ?? []) {
    parameters[name] = { schema, in: place, optional: required !== true }
  }
  const body = operation.requestBody?.content['application/x-www-form-urlencoded'].schema
  for (const [name, schema] of Object.entries(body?.properties ?? {})) {
    parameters[name] = { schema, in: 'body', optional: !body?.required?.includes(name) }
  }
  for (const [pattern, schema] of Object.entries(body?.patternProperties ?? {})) {
    parameters[indexedName(pattern)] = { schema, in: 'body', optional: true }
  }
  return parameters
}
