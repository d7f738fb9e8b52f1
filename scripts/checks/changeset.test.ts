import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { test } from 'vitest'

const check = fileURLToPath(new URL('changeset.mjs', import.meta.url))
const changeset = "---\n'@dcm/core': patch\n---\n\nSomething that users notice.\n"

/** A released project of one package, without pending changesets, in a repository of its own. */
const it = test.extend('project', async ({ task: _ }, { onCleanup }) => {
  const root = mkdtempSync(join(tmpdir(), 'dcm-changeset-'))
  onCleanup(() => rmSync(root, { recursive: true }))
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^GIT(?:HUB)?_/.test(name)))
  const git = (...args: string[]) => {
    const identity = ['-c', 'user.name=test', '-c', 'user.email=test@example.com', '-c', 'commit.gpgsign=false']
    const { status, stderr } = spawnSync('git', [...identity, ...args], { cwd: root, env: environment })
    if (status !== 0) throw new Error(String(stderr))
  }
  const commit = () => {
    git('add', '--all')
    git('commit', '--quiet', '--message', 'work')
  }
  write('.changeset/README.md', '')
  write('packages/core/package.json', '{ "name": "@dcm/core" }')
  write('packages/core/CHANGELOG.md', '# 1.0.0\n')
  cpSync(check, join(root, 'scripts/checks/changeset.mjs'))
  git('init', '--quiet')
  commit()
  return {
    write,
    remove: (path: string) => rmSync(join(root, path)),
    commit,
    /** What was committed so far is what the base branch holds. */
    branchOff: (base: string) => git('update-ref', `refs/remotes/origin/${base}`, 'HEAD'),
    passes: (settings: NodeJS.ProcessEnv = {}) => {
      const env = { ...environment, ...settings }
      return spawnSync(process.execPath, ['scripts/checks/changeset.mjs'], { cwd: root, env }).status === 0
    },
  }
})

it('a changed source needs a changeset of its own, also after a release', ({ expect, project }) => {
  const { write, commit, branchOff, passes } = project
  write('.changeset/earlier.md', changeset)
  commit()
  branchOff('main')
  expect(passes()).toBe(true)
  write('packages/core/src/index.ts', 'export {}\n')
  commit()
  expect(passes()).toBe(false)
  write('.changeset/own.md', changeset)
  expect(passes()).toBe(true)
  commit()
  expect(passes()).toBe(true)
})

it('a changeset of somebody else that is taken away describes nothing', ({ expect, project }) => {
  const { write, remove, commit, branchOff, passes } = project
  write('.changeset/earlier.md', changeset)
  commit()
  branchOff('main')
  write('packages/core/src/index.ts', 'export {}\n')
  remove('.changeset/earlier.md')
  commit()
  expect(passes()).toBe(false)
})

it('an empty changeset says that users notice nothing', ({ expect, project }) => {
  const { write, commit, branchOff, passes } = project
  branchOff('main')
  write('packages/core/src/index.ts', 'export {}\n')
  write('.changeset/quiet.md', '---\n---\n')
  commit()
  expect(passes()).toBe(true)
})

it('tests and raised versions need none', ({ expect, project }) => {
  const { write, commit, branchOff, passes } = project
  branchOff('main')
  write('packages/core/src/index.test.ts', '')
  commit()
  expect(passes()).toBe(true)
  write('packages/core/src/generated/version.ts', "export const version = '1.1.0'\n")
  write('packages/core/CHANGELOG.md', '# 1.1.0\n\n# 1.0.0\n')
  commit()
  expect(passes()).toBe(true)
})

it('a pull request is compared with its own base', ({ expect, project }) => {
  const { write, commit, branchOff, passes } = project
  branchOff('main')
  write('packages/core/src/index.ts', 'export {}\n')
  commit()
  branchOff('1.x')
  write('docs/page.md', '')
  commit()
  expect(passes({ GITHUB_BASE_REF: '1.x' })).toBe(true)
  expect(passes({ GITHUB_BASE_REF: '' })).toBe(false)
})

it('without a base, a changelog or a pending changeset is enough', ({ expect, project }) => {
  expect(project.passes()).toBe(true)
})
