import { join } from 'node:path'
import { emitCoercions } from './emit-coercions.js'
import { emitFacts } from './emit-facts.js'
import { emitOperations } from './emit-operations.js'
import { emitPaths } from './emit-paths.js'
import { emitPresence } from './emit-presence.js'
import { emitTasks } from './emit-tasks.js'
import { emitGaps } from './gaps.js'
import { loadDocument, loadModel } from './load-specification.js'
import { stableJson } from './stable-json.js'

/** Every file that follows from `specs/proxmox`, by path below the root of the repository. */
export async function generateProxmox(root: string): Promise<ReadonlyMap<string, string>> {
  const specs = join(root, 'specs/proxmox')
  const document = loadDocument(specs)
  const model = loadModel(specs)
  const target = 'packages/proxmox/src/generated'
  return new Map([
    ['specs/proxmox/openapi.json', stableJson(document)],
    ['specs/proxmox/GAPS.md', emitGaps(model)],
    [`${target}/operations.ts`, emitOperations(model)],
    [`${target}/operation-facts.ts`, emitFacts(model)],
    [`${target}/task-operations.ts`, emitTasks(model)],
    [`${target}/coercions.ts`, emitCoercions(model)],
    [`${target}/presence.ts`, emitPresence(model)],
    [`${target}/paths.ts`, await emitPaths(document, model)],
  ])
}
