// Installs other people's clients and servers for the tests that use them: Debian packages (as root), PyPI packages in
// a virtual environment under .cache/, Go modules in Go's own cache. What cannot be installed is named in one line; its
// tests then say so too.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const environment = `${root}.cache/outside-venv`
const debianPackages = ['python3', 'python3-venv', 'python3-pip', 'python3-proxmoxer']
const pythonPackages = ['proxmoxer==2.3.0', 'requests', 'pyvmomi==9.1.1.0']
const goModule = `${root}packages/vsphere/test/vcsim`

function run(command, args, cwd = root) {
  const options = { cwd, stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' }
  const { status, error, stderr } = spawnSync(command, args, options)
  if (status === 0) return true
  const reason = error?.message ?? stderr.trim().split('\n').at(-1)
  console.error(`setup: '${command} ${args.slice(0, 4).join(' ')} ...' failed: ${reason}`)
  return false
}

const hasGo = () => spawnSync('go', ['version'], { stdio: 'ignore' }).status === 0
const installed = (name) => spawnSync('dpkg', ['-s', name], { stdio: 'ignore' }).status === 0

// Go often comes from elsewhere than Debian.
if (!hasGo()) debianPackages.push('golang-go')
if (process.getuid?.() === 0 && debianPackages.some((name) => !installed(name))) {
  run('apt-get', ['update', '-qq'])
  run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...debianPackages])
}
if (!existsSync(`${environment}/bin/python`)) {
  mkdirSync(`${root}.cache`, { recursive: true })
  run('/usr/bin/python3', ['-m', 'venv', environment]) || run('python3', ['-m', 'venv', environment])
}
run(`${environment}/bin/python`, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...pythonPackages])
if (hasGo()) run('go', ['mod', 'download'], goModule)
