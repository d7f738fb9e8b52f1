import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { afterAll, describe, expect, it } from 'vitest'
import { snippets, snippetsOf } from './snippets.js'
import { root } from './sources.js'

// Snippets are compiled beside the scripts, whose package depends on all that the documents use, as a user's would.
const folder = join(root, 'scripts/.snippets')
const all = snippets()
const fileOf = (index: number) => join(folder, `snippet-${index}.ts`)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

function compile(): Map<string, string[]> {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  for (const [index, snippet] of all.entries()) writeFileSync(fileOf(index), `${snippet.code}\nexport {}\n`)
  const parsed = ts.getParsedCommandLineOfConfigFile(
    join(root, 'tsconfig.json'),
    { noEmit: true, isolatedDeclarations: false, declaration: false },
    { ...ts.sys, onUnRecoverableConfigFileDiagnostic: () => {} },
  )
  const program = ts.createProgram(
    all.map((_, index) => fileOf(index)),
    parsed?.options ?? {},
  )
  const problems = new Map<string, string[]>()
  for (const diagnostic of ts.getPreEmitDiagnostics(program)) {
    const file = diagnostic.file?.fileName ?? ''
    if (!file.startsWith(folder)) continue
    const { line } = diagnostic.file?.getLineAndCharacterOfPosition(diagnostic.start ?? 0) ?? { line: 0 }
    const text = ts.flattenDiagnosticMessageText(diagnostic.messageText, ' ')
    problems.set(file, [...(problems.get(file) ?? []), `line ${line + 1} of the snippet: ${text}`])
  }
  return problems
}

describe('snippets of the documents', () => {
  it('reads fences', () => {
    const text = ['```ts', 'a', '```', '```sh', 'b', '```', '```ts run', 'c', '```', '```ts fragment', 'd', '```'].join(
      '\n',
    )
    const found = snippetsOf('x.md', text)
    expect(found.map(({ code, run, line }) => [code, run, line])).toEqual([
      ['a\n', false, 1],
      ['c\n', true, 7],
    ])
  })

  it('compile', () => {
    const problems = compile()
    const report = all.flatMap((snippet, index) =>
      (problems.get(fileOf(index)) ?? []).map((text) => `${snippet.document}:${snippet.line} ${text}`),
    )
    expect(report).toEqual([])
  }, 900_000)

  it.each(all.map((snippet, index) => ({ ...snippet, index })).filter((snippet) => snippet.run))(
    'run: $document line $line',
    ({ index }) => {
      const { status, stdout, stderr } = spawnSync(
        process.execPath,
        ['--import', 'tsx', '--conditions=@dcm/source', fileOf(index)],
        { cwd: root, encoding: 'utf8', timeout: 150_000 },
      )
      expect({ status, stderr }, stdout).toEqual({ status: 0, stderr: '' })
      expect(stdout).not.toBe('')
    },
    180_000,
  )
})
