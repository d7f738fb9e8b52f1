import { expect, it } from 'vitest'
import { fillExcerpts, generateExcerpts } from './excerpts.js'
import { read } from './sources.js'

const files: Readonly<Record<string, string>> = { 'a.ts': 'one\n// #region r\ntwo\n// #endregion\nthree\n' }
const source = (path: string) => files[path] ?? ''

it('fills an excerpt with a region, or with the whole file without the marks', () => {
  const text = ['```ts file=a.ts#r', 'old', '```', 'between', '```ts file=a.ts', '```', ''].join('\n')
  const filled = ['```ts file=a.ts#r', 'two', '```', 'between', '```ts file=a.ts', 'one', 'two', 'three', '```', '']
  expect(fillExcerpts(text, source)).toBe(filled.join('\n'))
})

it('refuses a region that is not there', () => {
  expect(() => fillExcerpts('```ts file=a.ts#lost\n```\n', source)).toThrow("a.ts#lost: there is no '// #region lost'")
})

it('finds every guide as its files are: run `pnpm generate` after a change', async () => {
  const guides = await generateExcerpts()
  expect([...guides.keys()]).toContain('docs/guides/write-a-plugin.md')
  for (const [path, text] of guides) expect(read(path), path).toBe(text)
})
