import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { generate } from '../xsd2ts/generate.js'
import { emitRestOperations, emitRestTypes, type RestDocument } from './emit-rest.js'

/** Every file that follows from `specs/vsphere`, by path below the root of the repository. */
export async function generateVsphere(root: string): Promise<ReadonlyMap<string, string>> {
  const { files } = generate({ files: [join(root, 'specs/vsphere/vim25.json')] })
  const target = 'packages/vsphere/src/generated'
  // Our own document, read as what it is.
  const rest = JSON.parse(readFileSync(join(root, 'specs/vsphere/rest.openapi.json'), 'utf8')) as RestDocument
  return new Map([
    ...[...files].map(([path, text]): [string, string] => [`${target}/${path}`, text]),
    [`${target}/rest-types.ts`, await emitRestTypes(rest)],
    [`${target}/rest-operations.ts`, emitRestOperations(rest)],
  ])
}
