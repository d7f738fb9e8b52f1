import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ApiModel, TaskTable } from './api-model.js'
import { buildModel } from './build-model.js'
import { markTasks } from './mark-tasks.js'
import type { OpenApiDocument } from './openapi.js'
import type { Overlay, Overlays } from './overlays.js'
import type { Presence } from './presence.js'

/** Reads `specs/proxmox`. The files are the project's own, so their shape is trusted; tests hold their facts. */
export function loadModel(specs: string): ApiModel {
  const read = (name: string): unknown => JSON.parse(readFileSync(join(specs, name), 'utf8'))
  return buildModel({
    document: loadDocument(specs),
    tasks: loadTasks(specs),
    overlays: loadOverlays(specs),
    presence: read('presence.json') as Presence,
  })
}

/** The description with the task ids of the present table marked, without overlays. */
export function loadDocument(specs: string): OpenApiDocument {
  const document = JSON.parse(readFileSync(join(specs, 'openapi.json'), 'utf8')) as OpenApiDocument
  return markTasks(document, loadTasks(specs))
}

export function loadTasks(specs: string): TaskTable {
  return JSON.parse(readFileSync(join(specs, 'tasks.json'), 'utf8')) as TaskTable
}

/** All overlay files as one table; an operation may stand in one of them only. */
export function loadOverlays(specs: string): Overlays {
  const directory = join(specs, 'overlays')
  const overlays: Record<string, Overlay> = {}
  for (const name of readdirSync(directory).sort()) {
    const entries = JSON.parse(readFileSync(join(directory, name), 'utf8')) as Overlays
    for (const [key, overlay] of Object.entries(entries)) {
      if (Object.hasOwn(overlays, key))
        throw new Error(`specs/proxmox/overlays/${name}: ${key} has an overlay in another file`)
      overlays[key] = overlay
    }
  }
  return overlays
}
