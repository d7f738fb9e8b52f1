// `pnpm generate` writes every generated file from `specs/`, and the excerpts of the guides from their files; `pnpm generate --check` writes nothing and exits with 1,
// naming the files that are stale. Each platform adds its generator to the list.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { generateExcerpts } from './checks/excerpts.js'
import { generateCore } from './core/generate.js'
import { generateProxmox } from './proxmox/generate.js'
import { generateVsphere } from './vsphere/generate.js'

/** Files by path below the root of the repository. */
type Generator = (root: string) => Promise<ReadonlyMap<string, string>>

const generators: readonly Generator[] = [generateCore, generateProxmox, generateVsphere, generateExcerpts]

const root = fileURLToPath(new URL('..', import.meta.url))
const check = process.argv.includes('--check')
const stale: string[] = []

for (const generate of generators) {
  for (const [path, content] of await generate(root)) {
    const file = join(root, path)
    if (existsSync(file) && readFileSync(file, 'utf8') === content) continue
    stale.push(path)
    if (check) continue
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, content)
  }
}

if (stale.length === 0) console.log('Every generated file is up to date.')
else console.log(`${check ? 'Stale, run `pnpm generate`' : 'Written'}:\n${stale.map((path) => `  ${path}`).join('\n')}`)
if (check && stale.length > 0) process.exitCode = 1
