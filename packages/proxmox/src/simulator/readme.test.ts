import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { type Recording, readRecordings } from '../../test/recordings.js'
import { operationFacts } from '../generated/operation-facts.js'
import { createRouter } from './http/router.js'
import { allOperations } from './operations/all-operations.js'

/** `DCM_UPDATE_README=1` writes the table anew in place of comparing it; it needs the recordings. */
const updates = process.env.DCM_UPDATE_README === '1'
const path = fileURLToPath(new URL('./README.md', import.meta.url))
const begin = '<!-- operations: written by readme.test.ts -->'
const end = '<!-- end of operations -->'

const recordings = readRecordings()
const keys = [...allOperations.keys()].sort((a, b) => place(a).localeCompare(place(b)))

/** By path, then by method. */
function place(key: string): string {
  const [method = '', template = ''] = key.split(' ')
  return `${template} ${method}`
}

function recordedCounts(all: readonly Recording[]): Map<string, number> {
  const router = createRouter(Object.keys(operationFacts))
  const counts = new Map<string, number>()
  for (const { request } of all) {
    const route = router.find(request.method, request.path.replace('/api2/json', '').split('?')[0] ?? '')
    if (route !== undefined) counts.set(route.key, (counts.get(route.key) ?? 0) + 1)
  }
  return counts
}

function table(): string {
  const counts = recordedCounts(recordings)
  const rows = keys.map((key) => `| \`${key}\` | ${counts.get(key) ?? '-'} |`)
  return ['| operation | recorded exchanges |', '|---|---|', ...rows].join('\n')
}

/** Without the padding that a formatter puts into it. */
function tableInReadme(): string {
  const text = readFileSync(path, 'utf8')
  const written = text.slice(text.indexOf(begin) + begin.length, text.indexOf(end)).trim()
  return written.replace(/^\|[-| ]+\|$/m, '|---|---|').replace(/ +\|/g, ' |')
}

function writeTable(): void {
  const text = readFileSync(path, 'utf8')
  const after = text.slice(text.indexOf(end))
  writeFileSync(path, `${text.slice(0, text.indexOf(begin))}${begin}\n\n${table()}\n\n${after}`)
}

if (updates) writeTable()

describe('the README of the simulator', () => {
  it('lists every operation the simulator plays, and no other', () => {
    const listed = [...tableInReadme().matchAll(/^\| `([^`]+)` \|/gm)].map((match) => match[1])
    expect(listed).toEqual(keys)
  })

  it.skipIf(recordings.length === 0)('says how often each was recorded', () => {
    expect(tableInReadme()).toBe(table())
  })
})

describe('the operations of the simulator', () => {
  it('are all in the schema of the platform', () => {
    expect(keys.filter((key) => !Object.hasOwn(operationFacts, key))).toEqual([])
  })
})
