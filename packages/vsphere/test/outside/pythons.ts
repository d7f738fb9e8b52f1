import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../../..', import.meta.url))

/** A Python that has pyvmomi: the one in `DCM_PYTHON`, that of `.cache/outside-venv`, or the system's. */
export function findPython(): string | undefined {
  const candidates = [process.env.DCM_PYTHON, join(root, '.cache/outside-venv/bin/python'), 'python3']
  const found = candidates.find((path) => path !== undefined && hasPyvmomi(path))
  if (found === undefined)
    console.warn(
      'SKIPPED: no Python with pyvmomi found; `python3 -m venv .cache/outside-venv && .cache/outside-venv/bin/pip install pyvmomi`',
    )
  return found
}

function hasPyvmomi(python: string): boolean {
  if (python.startsWith('/') && !existsSync(python)) return false
  try {
    execFileSync(python, ['-c', 'import pyVmomi'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
