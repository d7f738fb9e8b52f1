import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { errorTexts } from './error-texts.js'
import { generateCore } from './generate.js'

const root = fileURLToPath(new URL('../..', import.meta.url))

describe('generateCore', () => {
  it('agrees with what is there', async () => {
    for (const [path, content] of await generateCore(root)) {
      expect(existsSync(join(root, path)) && readFileSync(join(root, path), 'utf8'), path).toBe(content)
    }
  })

  it('makes a page for each code and leaves none of an older one', async () => {
    const pages = readdirSync(join(root, 'docs/errors')).filter((name) => name !== 'README.md')
    expect(pages.sort()).toEqual(
      Object.keys(errorTexts)
        .map((code) => `${code}.md`)
        .sort(),
    )
  })
})
