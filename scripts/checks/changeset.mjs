// A change of what users install needs a changeset: at least one is pending, or the versions have just been raised.
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const pending = readdirSync(`${root}.changeset`).filter((name) => name.endsWith('.md') && name !== 'README.md')
const known = new Set(
  readdirSync(`${root}packages`).map(
    (name) => JSON.parse(readFileSync(`${root}packages/${name}/package.json`, 'utf8')).name,
  ),
)
const problems = pending.flatMap((name) => {
  const text = readFileSync(`${root}.changeset/${name}`, 'utf8')
  const head = /^---\n([\s\S]*?)\n---\n+(\S[\s\S]*)$/.exec(text)
  if (!head) return [`${name}: needs a head with packages and a text`]
  const named = Array.from(head[1].matchAll(/^'([^']+)': (?:major|minor|patch)$/gm), (match) => match[1])
  const unknown = named.filter((entry) => !known.has(entry))
  return [
    ...(named.length === 0 ? [`${name}: names no package`] : []),
    ...unknown.map((entry) => `${name}: '${entry}' is no package of this workspace`),
  ]
})
const unreleased = pending.length === 0 && !readdirSync(`${root}packages/core`).includes('CHANGELOG.md')
if (unreleased) problems.push('no changeset: describe the change with `pnpm changeset`')
for (const problem of problems) console.error(problem)
if (problems.length === 0) console.log(`${pending.length} changeset(s) pending`)
process.exitCode = problems.length > 0 ? 1 : 0
