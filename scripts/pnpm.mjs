// Runs pnpm on a machine that has Node and npm only: `node scripts/pnpm.mjs [--build] <pnpm arguments>`.
// Installs from the frozen lock file when it changed; a second run needs no network.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const { packageManager } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'))
const stamp = `${root}node_modules/.cache/dcm-installed`
const lock = createHash('sha256')
  .update(readFileSync(`${root}pnpm-lock.yaml`))
  .update(process.versions.modules)
  .digest('hex')

function run(command, args) {
  const shell = process.platform === 'win32'
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit', shell })
  if (error) throw error
  if (status !== 0) process.exit(status ?? 1)
}

const [build, ...args] = process.argv[2] === '--build' ? process.argv.slice(2) : [undefined, ...process.argv.slice(2)]

if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== lock) {
  console.log('Installing the packages of the lock file (first run, or it changed) ...')
  const install = ['install', '--frozen-lockfile', '--prefer-offline', '--reporter=append-only', '--loglevel=error']
  run('npm', ['exec', '--yes', `--package=${packageManager}`, '--', 'pnpm', ...install])
  mkdirSync(`${root}node_modules/.cache`, { recursive: true })
  writeFileSync(stamp, lock)
}
if (process.env.DCM_TEST_SETUP === '1') run(process.execPath, [`${root}scripts/setup-outside.mjs`])
if (build) run(process.execPath, [`${root}scripts/build.mjs`])
if (args.length > 0) run(process.execPath, [`${root}node_modules/pnpm/bin/pnpm.cjs`, ...args])
