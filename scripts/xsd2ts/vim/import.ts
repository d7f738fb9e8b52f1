// `tsx scripts/xsd2ts/vim/import.ts <merged type table> [specs/vsphere/vim25.json]`
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { vimFactsText } from './facts-text.js'
import { importTypeTable } from './import-type-table.js'
import type { VimTypeTable } from './type-table.js'

const [source, target = fileURLToPath(new URL('../../../specs/vsphere/vim25.json', import.meta.url))] =
  process.argv.slice(2)
if (source === undefined) throw new Error('Name the type table to import')
const table = JSON.parse(readFileSync(source, 'utf8')) as VimTypeTable // what the importer is made for
writeFileSync(target, vimFactsText(importTypeTable(table)))
console.log(`Written: ${target}`)
