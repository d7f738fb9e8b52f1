import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root: string = fileURLToPath(new URL('../..', import.meta.url))

/** Every file below `directory` that passes `keep`, as paths relative to the root, with forward slashes. */
export function filesBelow(directory: string, keep: (path: string) => boolean): string[] {
  const skipped = new Set(['node_modules', 'dist', 'coverage', '.git', '.cache'])
  const found: string[] = []
  const walk = (folder: string) => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (skipped.has(entry.name)) continue
      const path = join(folder, entry.name)
      if (entry.isDirectory()) walk(path)
      else {
        const name = relative(root, path).split(sep).join('/')
        if (keep(name)) found.push(name)
      }
    }
  }
  walk(join(root, directory))
  return found.sort()
}

export function read(path: string): string {
  return readFileSync(join(root, path), 'utf8')
}

/** What a module imports and re-exports, statically or dynamically, types too. */
export function importsOf(source: string): string[] {
  const forms = [
    /^\s*(?:import|export)\s[^'";]*?from\s+'([^']+)'/gm,
    /^\s*import\s+'([^']+)'/gm,
    /\bimport\(\s*'([^']+)'\s*\)/g,
  ]
  return forms.flatMap((form) => Array.from(source.matchAll(form), (match) => match[1] ?? ''))
}
