import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Script } from 'node:vm'

const template = fileURLToPath(new URL('template', import.meta.url))

/** Files that would be taken for something of this folder if they had their own names here. */
const names: Readonly<Record<string, string>> = {
  'package.template.json': 'package.json',
  'test/conformance.ts': 'test/conformance.test.ts',
}

/**
 * Writes `packages/<name>` below `root`: all rooms of a platform package, compiling, with a conformance run that fails.
 * Throws, having written nothing, for a name that will not do and for a folder that is there already.
 */
export function scaffold(root: string, name: string): readonly string[] {
  const problem = problemOf(name)
  if (problem !== undefined) throw new Error(`'${name}' cannot name a plugin: ${problem}`)
  const folder = join(root, 'packages', name)
  if (existsSync(folder)) {
    throw new Error(`packages/${name} is there already and was left alone: choose another name, or remove the folder`)
  }
  const identifier = identifierOf(name)
  const typeName = identifier.charAt(0).toUpperCase() + identifier.slice(1)
  const { version } = JSON.parse(readFileSync(join(root, 'packages/core/package.json'), 'utf8')) as { version: string }
  const fill = (text: string): string =>
    text
      .replaceAll('0.0.0-version', version)
      .replaceAll(/(['"/ ])acme(?=['"/])/g, `$1${name}`)
      .replaceAll('acme', identifier)
      .replaceAll('Acme', typeName)
  return filesBelow(template).map((path) => {
    const target = join(folder, names[path] ?? path)
    mkdirSync(dirname(target), { recursive: true })
    writeFileSync(target, fill(readFileSync(join(template, path), 'utf8')))
    return relative(root, target)
  })
}

function identifierOf(name: string): string {
  return name.replaceAll(/-(.)/g, (_dash, letter: string) => letter.toUpperCase())
}

/** Why not, and what to do. */
function problemOf(name: string): string | undefined {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) {
    return "it becomes a folder, a package and a word in configurations; write it in lower case with dashes, as 'my-cloud'"
  }
  if (name === 'core' || name === 'wire') return 'that package is not a platform; choose another name'
  if (name.length > 40) return `it has ${name.length} characters; use at most 40`
  try {
    new Script(`'use strict'; const ${identifierOf(name)} = 0`)
    return undefined
  } catch {
    return `it is a word of the language; add something to it, as '${name}-cloud'`
  }
}

function filesBelow(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .sort()
}
