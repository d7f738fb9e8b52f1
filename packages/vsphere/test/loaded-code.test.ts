import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { expect, it } from 'vitest'
import { loadSchema, loadSmallSchema } from '../src/client/codec.js'

const generated = new URL('../src/generated/', import.meta.url)

/** Bytes of a generated file without its types. */
async function bytesOf(path: string): Promise<number> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(path, generated))],
    write: false,
    logLevel: 'silent',
  })
  return outputFiles.reduce((sum, { contents }) => sum + contents.length, 0)
}

/** The file that each table stands in. */
async function pathsOfParts(): Promise<Map<unknown, string>> {
  const text = await readFile(new URL('schema.ts', generated), 'utf8')
  const paths = [...text.matchAll(/import\('\.\/([^']+)\.js'\)/g)].map((match) => `${match[1]}.ts`)
  const loaded = paths.map(async (path): Promise<[unknown, string]> => {
    const module = (await import(/* @vite-ignore */ new URL(path, generated).href)) as { readonly default: unknown } // as all of them
    return [module.default, path]
  })
  return new Map(await Promise.all(loaded))
}

it('loads at most 150 kB of generated code to list virtual machines', async () => {
  const paths = await pathsOfParts()
  const schemas = await Promise.all([
    loadSchema(['service-instance', 'session-manager']),
    loadSchema(['view-manager']),
    loadSchema(['container-view']),
    loadSmallSchema(),
  ])
  const parts = new Set(schemas.flatMap((schema) => schema.parts))
  const files = [...parts].flatMap((part) => paths.get(part) ?? [])
  expect(files).toContain('property-collector.ts')
  expect(files).not.toContain('virtual-machine.ts')
  const newer = ['since.ts', 'since/virtual-machine.ts']
  const sizes = await Promise.all(['schema.ts', ...files, ...newer].map(bytesOf))
  const total = sizes.reduce((sum, size) => sum + size, 0)
  console.log(`generated code to list virtual machines: ${total} bytes in ${sizes.length} files`)
  expect(total).toBeLessThan(150_000)
})
