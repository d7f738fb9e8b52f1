// A change of what users install needs a changeset: one that came with it since the base branch. Where no base is known, at
// least one is pending, or the versions have been raised. `changeset --empty` says that users notice nothing.
import { spawnSync } from 'node:child_process'
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
  if (/^---\n---\s*$/.test(text)) return []
  const head = /^---\n([\s\S]*?)\n---\n+(\S[\s\S]*)$/.exec(text)
  if (!head) return [`${name}: needs a head with packages and a text`]
  const named = Array.from(head[1].matchAll(/^'([^']+)': (?:major|minor|patch)$/gm), (match) => match[1])
  const unknown = named.filter((entry) => !known.has(entry))
  return [
    ...(named.length === 0 ? [`${name}: names no package`] : []),
    ...unknown.map((entry) => `${name}: '${entry}' is no package of this workspace`),
  ]
})
if (!isDescribed()) problems.push('no changeset: describe the change with `pnpm changeset`')
for (const problem of problems) console.error(problem)
if (problems.length === 0) console.log(`${pending.length} changeset(s) pending`)
process.exitCode = problems.length > 0 ? 1 : 0

function isDescribed() {
  const changed = changedSinceBase()
  if (changed === undefined) {
    return pending.length > 0 || readdirSync(`${root}packages/core`).includes('CHANGELOG.md')
  }
  const installed = changed.some((path) => /^packages\/[^/]+\/src\//.test(path) && !/\.test(?:-d)?\.ts$/.test(path))
  // Raising the versions moves the changesets into the changelogs.
  const described = changed.some((path) => /^\.changeset\/.+\.md$|^packages\/[^/]+\/CHANGELOG\.md$/.test(path))
  return described || !installed
}

/** Paths that are new or changed since this branch left its base; undefined where no base is known. */
function changedSinceBase() {
  const base = git('merge-base', 'HEAD', `origin/${process.env.GITHUB_BASE_REF || 'main'}`)?.trim()
  if (base === undefined) return undefined
  const changed = git('diff', '--name-only', '--diff-filter=d', base) ?? ''
  return `${changed}${git('ls-files', '--others', '--exclude-standard')}`.split('\n')
}

function git(...args) {
  const { status, stdout } = spawnSync('git', args, { cwd: root, encoding: 'utf8' })
  return status === 0 ? stdout : undefined
}
