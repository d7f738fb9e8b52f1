import { execFile } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { expect, it } from 'vitest'
import { schemaText, writeFiles } from './testing/schema-files.js'

const main = fileURLToPath(new URL('./main.ts', import.meta.url))
const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href

function run(...options: readonly string[]): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, ['--import', tsx, main, ...options], (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : error === null ? 0 : 1, output: stdout + stderr })
    })
  })
}

const box =
  '<xs:element name="box" type="Box"/><xs:complexType name="Box"><xs:attribute name="n" type="xs:int"/></xs:complexType>'

it('writes files, tells which are stale, removes its former files and no others', async () => {
  const folder = writeFiles({ 'a.xsd': schemaText(box), 'xsd2ts.json': '{ "name": "boxes" }' })
  const [schema, out] = [join(folder, 'a.xsd'), join(folder, 'out')]
  expect(await run(schema, '--out', out)).toMatchObject({ code: 0, output: expect.stringContaining('4 files in') })
  expect(readFileSync(join(out, 'schema.ts'), 'utf8')).toContain('loadBoxesSchema')
  expect(await run(schema, '--out', out, '--check')).toMatchObject({
    code: 0,
    output: expect.stringContaining('is up to date'),
  })

  writeFileSync(schema, schemaText(box.replaceAll('ox"', 'in"')))
  writeFileSync(join(out, 'own.ts'), 'export {}\n')
  const check = await run(schema, '--out', out, '--check')
  expect(check.code).toBe(1)
  expect(check.output).toMatch(/Stale:[\s\S]*bin\.ts[\s\S]*box\.ts/)
  expect(existsSync(join(out, 'bin.ts'))).toBe(false)

  expect((await run(schema, '--out', out)).code).toBe(0)
  expect(['bin.ts', 'box.ts', 'own.ts'].map((name) => existsSync(join(out, name)))).toEqual([true, false, true])
})

it('ends with what is wrong and where', async () => {
  const folder = writeFiles({ 'a.xsd': schemaText('\n<xs:frobnicate/>'), 'wrong.json': '{ "nam": "x" }' })
  expect(await run(join(folder, 'a.xsd'), '--out', folder)).toMatchObject({
    code: 1,
    output: expect.stringMatching(/^\S+a\.xsd:3: xs:frobnicate is not supported\n$/),
  })
  expect(await run(join(folder, 'a.xsd'))).toMatchObject({ code: 1, output: expect.stringContaining('Usage:') })
  expect(await run(join(folder, 'a.xsd'), '--out', folder, '--config', join(folder, 'wrong.json'))).toMatchObject({
    code: 1,
    output: expect.stringContaining('there is no setting nam'),
  })
})

it('tells its usage where it is asked for, and where an option is unknown', async () => {
  expect(await run('--help')).toMatchObject({ code: 0, output: expect.stringMatching(/^Usage: pnpm xsd2ts <files>/) })
  expect(await run('a.xsd', '--output', 'folder')).toMatchObject({
    code: 1,
    output: expect.stringMatching(/^Unknown option '--output'\nUsage: pnpm xsd2ts <files>[^\n]*\n$/),
  })
})
