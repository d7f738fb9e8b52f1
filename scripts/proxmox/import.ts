// Imports an API tree into specs/proxmox:
//   tsx scripts/proxmox/import.ts --release 9.2 tree-9.2.json --older 7.4=tree-7.4.json --older 8.4=tree-8.4.json
//   tsx scripts/proxmox/import.ts --release 9.2 --host https://pve.example:8006 --fingerprint AA:BB:...
// Run `pnpm generate` afterwards.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { parseApiTree, type VendorNode } from './api-tree.js'
import { importTree } from './import-tree.js'
import { readLiveHost } from './live-host.js'
import { loadTasks } from './load-specification.js'
import { markTasks } from './mark-tasks.js'
import type { OpenApiDocument } from './openapi.js'
import { carryPresence, comparePresence, type Presence } from './presence.js'
import { stableJson } from './stable-json.js'

const specs = fileURLToPath(new URL('../../specs/proxmox', import.meta.url))
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    release: { type: 'string' },
    older: { type: 'string', multiple: true, default: [] },
    host: { type: 'string' },
    fingerprint: { type: 'string' },
  },
})

if (!values.release || !/^\d+\.\d+$/.test(values.release))
  throw new Error('Name the release that is imported: --release 9.2')
if ((positionals.length === 1) === (values.host !== undefined))
  throw new Error('Give one tree: a file, or --host https://NAME:8006')

const tree = values.host
  ? await readLiveHost({ address: values.host, ...(values.fingerprint && { fingerprint: values.fingerprint }) })
  : readTree(positionals[0] ?? '')
const older = values.older.map((entry) => {
  const [version = '', file = ''] = entry.split('=')
  return { version, tree: readTree(file) }
})

const document = markTasks(importTree(tree, values.release), loadTasks(specs))
const previous = JSON.parse(readFileSync(join(specs, 'openapi.json'), 'utf8')) as OpenApiDocument
const presence =
  older.length > 0
    ? comparePresence([...older, { version: values.release, tree }])
    : carryPresence(JSON.parse(readFileSync(join(specs, 'presence.json'), 'utf8')) as Presence, previous, document)
writeFileSync(join(specs, 'openapi.json'), stableJson(document))
writeFileSync(join(specs, 'presence.json'), stableJson(presence))
console.log('Written specs/proxmox/openapi.json and presence.json; run `pnpm generate` next.')

function readTree(file: string): readonly VendorNode[] {
  return parseApiTree(JSON.parse(readFileSync(file, 'utf8')))
}
