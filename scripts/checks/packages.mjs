// Checks each package as npm would publish it: `node scripts/checks/packages.mjs publint | attw`.
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const bin = (path) => [process.execPath, `${root}node_modules/${path}`]
const tools = {
  publint: { command: bin('publint/src/cli.js'), args: ['run', '--strict', '--pack', 'pnpm'] },
  attw: { command: bin('@arethetypeswrong/cli/dist/index.js'), args: ['--pack', '.', '--profile', 'esm-only'] },
}
const tool = tools[process.argv[2]]
if (!tool) throw new Error('name the check: publint or attw')

for (const name of readdirSync(`${root}packages`)) {
  const [node, script] = tool.command
  // Both tools pack with pnpm or npm, which they look for on the PATH.
  const PATH = `${root}node_modules/.bin:${process.env.PATH}`
  const { status } = spawnSync(node, [script, ...tool.args], {
    cwd: `${root}packages/${name}`,
    stdio: 'inherit',
    env: { ...process.env, PATH },
  })
  if (status !== 0) process.exitCode = 1
}
