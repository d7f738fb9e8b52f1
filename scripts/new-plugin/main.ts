// `pnpm new-plugin <name>`: a new platform package with all its rooms. docs/guides/write-a-plugin.md goes on from there.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { scaffold } from './scaffold.js'

const [name = '', ...more] = process.argv.slice(2)
try {
  if (name === '' || more.length > 0) throw new Error('give one name: pnpm new-plugin my-cloud')
  const root = fileURLToPath(new URL('../..', import.meta.url))
  const files = scaffold(root, name)
  // The order of imports and the length of lines depend on the name.
  const biome = join(root, 'node_modules/@biomejs/biome/bin/biome')
  spawnSync(process.execPath, [biome, 'check', '--write', `packages/${name}`], { cwd: root })
  console.log(`Written:\n${files.map((file) => `  ${file}`).join('\n')}\n
Link it, and see what is to be done:
  node scripts/pnpm.mjs install --no-frozen-lockfile
  node scripts/pnpm.mjs exec vitest run packages/${name}
Then follow docs/guides/write-a-plugin.md.`)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
