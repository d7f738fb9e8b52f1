import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export interface OutsidePython {
  readonly path: string
  readonly proxmoxer: string
}

const root = fileURLToPath(new URL('../../../..', import.meta.url))

/**
 * Every Python at hand that has proxmoxer: the one in `DCM_PYTHON`, that of `.cache/outside-venv`, and the system's
 * (Debian packages it as python3-proxmoxer). One of each version.
 */
export function findPythons(): readonly OutsidePython[] {
  const candidates = [
    process.env.DCM_PYTHON,
    join(root, '.cache/outside-venv/bin/python'),
    '/usr/bin/python3',
    'python3',
  ]
  const found = new Map<string, OutsidePython>()
  for (const path of candidates) {
    if (path === undefined || (path.startsWith('/') && !existsSync(path))) continue
    const version = versionOfProxmoxer(path)
    if (version !== undefined && !found.has(version)) found.set(version, { path, proxmoxer: version })
  }
  if (found.size === 0) {
    console.warn(
      'SKIPPED: no Python with proxmoxer found; `python3 -m venv .cache/outside-venv && ' +
        '.cache/outside-venv/bin/pip install proxmoxer requests` or `apt-get install python3-proxmoxer`',
    )
  }
  return [...found.values()]
}

function versionOfProxmoxer(python: string): string | undefined {
  try {
    const program = 'import proxmoxer, requests; print(proxmoxer.__version__)'
    return execFileSync(python, ['-c', program], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  } catch {
    return undefined
  }
}
