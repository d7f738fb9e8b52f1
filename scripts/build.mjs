// Builds every package: JavaScript with tsup, in parallel; `--types` adds the declarations (needed to publish and to
// check the packages, not to run them). Skips a package whose sources are older than its build.
import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const types = process.argv.includes('--types')
const packages = [
  'core',
  'wire',
  ...readdirSync(join(root, 'packages')).filter((name) => !['core', 'wire'].includes(name)),
]
  .map((name) => join(root, 'packages', name))
  .filter((directory) => existsSync(join(directory, 'tsup.config.ts')))

/** The newest change below `path`, in milliseconds. */
function newest(path) {
  const entry = statSync(path)
  if (!entry.isDirectory()) return entry.mtimeMs
  return Math.max(entry.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))))
}

function run(command, args, cwd) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(root, 'node_modules', command), ...args], { cwd })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk))
    child.on('error', reject)
    child.on('close', (code) => (code === 0 ? resolve() : reject(new Error(`${command} in ${cwd}:\n${output}`))))
  })
}

/** Builds unless `stamp` says that these very sources were built already. */
async function build(directory, stampName, work) {
  const stamp = join(directory, 'dist', stampName)
  const inputs = ['src', 'tsup.config.ts', 'package.json'].map((name) => newest(join(directory, name)))
  const version = String(Math.max(...inputs, newest(join(root, 'tsconfig.base.json'))))
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === version) return
  await work()
  writeFileSync(stamp, version)
}

await Promise.all(
  packages.map((directory) =>
    build(directory, '.built', () => run('tsup/dist/cli-default.js', ['--silent'], directory)),
  ),
)
if (types) {
  for (const directory of packages) {
    await build(directory, '.built-types', () => run('typescript/bin/tsc', ['-p', 'tsconfig.build.json'], directory))
  }
}
