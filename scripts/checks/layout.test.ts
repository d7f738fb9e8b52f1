import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { filesBelow, importsOf, read, root } from './sources.js'

interface PackageJson {
  readonly name: string
  readonly version: string
  readonly type?: string
  readonly license?: string
  readonly sideEffects?: boolean
  readonly engines?: { readonly node?: string }
  readonly exports: Readonly<Record<string, unknown>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
}

const packages = readdirSync(join(root, 'packages')).sort()
const platforms = packages.filter((name) => !['core', 'wire'].includes(name))
const manifestOf = (name: string) => JSON.parse(read(`packages/${name}/package.json`)) as PackageJson

const isTest = (path: string) => /\.test(-d)?\.ts$/.test(path) || path.includes('/testing/')
const sourcesOf = (name: string) => filesBelow(`packages/${name}/src`, (path) => path.endsWith('.ts') && !isTest(path))
const withoutComments = (source: string) => source.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '')
const handWritten = (path: string) => !path.includes('/generated/')

/** Imports of a source file as [file, specifier], relative ones resolved to paths from the root. */
function importsIn(name: string): [string, string][] {
  return sourcesOf(name).flatMap((file) =>
    importsOf(read(file)).map((specifier): [string, string] => {
      const resolved = specifier.startsWith('.')
        ? new URL(specifier, `file:///${file}`).pathname.slice(1).replace(/\.js$/, '.ts')
        : specifier
      return [file, resolved]
    }),
  )
}

describe.each(packages)('packages/%s', (name) => {
  const manifest = manifestOf(name)

  it('is an ESM package of the workspace with licence, engines and README', () => {
    expect(manifest.name).toBe(`@dcm/${name}`)
    expect(manifest).toMatchObject({ type: 'module', license: 'Apache-2.0', sideEffects: false })
    expect(manifest.engines?.node).toBe('>=20.19.0')
    expect(existsSync(join(root, 'packages', name, 'README.md')), 'README.md').toBe(true)
  })

  it('shares the one version of all packages', () => {
    expect(manifest.version).toBe(manifestOf('core').version)
  })

  it('points its exports at files that are there', () => {
    for (const [subpath, target] of Object.entries(manifest.exports)) {
      const source = (target as { readonly '@dcm/source'?: string })['@dcm/source']
      if (source) expect(existsSync(join(root, 'packages', name, source)), `${subpath} -> ${source}`).toBe(true)
    }
  })

  it('names files in kebab case, one concept each, at most 400 lines', () => {
    const files = filesBelow(`packages/${name}/src`, (path) => path.endsWith('.ts') && handWritten(path))
    expect(files.filter((path) => !/^[a-z0-9./-]+$/.test(path))).toEqual([])
    expect(files.filter((path) => !isTest(path) && read(path).split('\n').length > 401)).toEqual([])
  })

  it('keeps index files to export lists', () => {
    const indexes = sourcesOf(name).filter((path) => path.endsWith('/index.ts'))
    for (const path of indexes) {
      const rest = withoutComments(read(path))
        .replace(/export\s+(?:type\s+)?(?:\*|\{[\s\S]*?\})\s*(?:as\s+\w+\s*)?from\s*'[^']+'/g, '')
        .trim()
      expect(rest, path).toBe('')
    }
  })

  it('keeps simulators out of everything but simulators', () => {
    const outside = importsIn(name).filter(
      ([file, target]) => !file.includes('/simulator/') && target.includes('/simulator/'),
    )
    expect(outside).toEqual([])
  })

  it('uses no console and no environment of the process in library code', () => {
    const files = sourcesOf(name).filter((path) => !/\/simulator\/|\/loopback\/|\/memory\/|\/conformance\//.test(path))
    const found = files.filter((path) =>
      /\bconsole\.(?:log|info|warn|error|debug)\b|\bprocess\.env\b/.test(withoutComments(read(path))),
    )
    // The resolver of `env:` secret references is the one place whose purpose is the environment.
    expect(found.filter((path) => !path.endsWith('/secrets/env-secrets.ts'))).toEqual([])
  })

  it('marks generated files with their generator', () => {
    for (const path of sourcesOf(name).filter((file) => !handWritten(file))) {
      expect(read(path).slice(0, 400), path).toMatch(/generated/i)
    }
  })
})

describe('direction of imports', () => {
  it('core imports nothing but Node and itself', () => {
    const foreign = importsIn('core').filter(
      ([file, target]) =>
        !target.startsWith('packages/core/') && !target.startsWith('node:') && !file.includes('/conformance/'),
    )
    expect(foreign).toEqual([])
    expect(manifestOf('core').dependencies).toBeUndefined()
  })

  it('wire imports nothing of ours', () => {
    expect(importsIn('wire').filter(([, target]) => target.startsWith('@dcm/'))).toEqual([])
  })
})

describe.each(platforms)('platform %s', (name) => {
  const manifest = manifestOf(name)
  // A platform may begin as a client that stands alone. From the day it exports a plugin it has all rooms.
  const isPlugin = '.' in manifest.exports

  it('has the rooms of a client', () => {
    for (const room of ['client/index.ts', 'generated']) {
      expect(existsSync(join(root, 'packages', name, 'src', room)), room).toBe(true)
    }
    expect(Object.keys(manifest.exports)).toContain('./client')
  })

  it.runIf(isPlugin)('has the same rooms as every plugin', () => {
    const rooms = ['index.ts', 'plugin.ts', 'config.ts', 'adapter/map-errors.ts', 'simulator/index.ts']
    for (const room of rooms) expect(existsSync(join(root, 'packages', name, 'src', room)), room).toBe(true)
    expect(Object.keys(manifest.exports)).toContain('./simulator')
  })

  it.runIf(isPlugin)('takes core as a peer with a wide range', () => {
    expect(manifest.peerDependencies?.['@dcm/core']).toMatch(/^workspace:>=\d+\.\d+\.\d+ <\d+\.\d+\.\d+$/)
    expect(manifest.dependencies?.['@dcm/core']).toBeUndefined()
  })

  it.skipIf(isPlugin)('has no half of a plugin, does without core, and says so in both READMEs', () => {
    for (const room of ['index.ts', 'plugin.ts', 'config.ts', 'adapter']) {
      expect(existsSync(join(root, 'packages', name, 'src', room)), room).toBe(false)
    }
    expect({ ...manifest.dependencies, ...manifest.peerDependencies }).not.toHaveProperty('@dcm/core')
    const row = read('README.md')
      .split('\n')
      .find((line) => line.startsWith('|') && line.includes(`](packages/${name})`))
    for (const text of [row, read(`packages/${name}/README.md`)]) expect(text).toMatch(/\bno plugin yet\b/i)
  })

  it('never imports another platform', () => {
    const others = platforms.filter((other) => other !== name).map((other) => `@dcm/${other}`)
    expect(importsIn(name).filter(([, target]) => others.some((other) => target.startsWith(other)))).toEqual([])
  })

  it('has a client that stands alone, and a simulator that knows neither client nor adapter', () => {
    const client = importsIn(name).filter(([file]) => file.includes('/src/client/'))
    expect(client.filter(([, target]) => /\/src\/(adapter|simulator|plugin|config)/.test(target))).toEqual([])
    expect(client.filter(([, target]) => target.startsWith('@dcm/core'))).toEqual([])
    const simulator = importsIn(name).filter(([file]) => file.includes('/src/simulator/'))
    expect(simulator.filter(([, target]) => /\/src\/(adapter|client|plugin|config)/.test(target))).toEqual([])
  })

  it('makes port errors in its adapter only, and turns vendor errors into them in map-errors.ts only', () => {
    const makers = sourcesOf(name).filter((path) => /new HypervisorError\(/.test(read(path)))
    expect(makers.filter((path) => !path.includes('/src/adapter/'))).toEqual([])
    const translators = sourcesOf(name).filter((path) => /isWireError|WireError\.isInstance/.test(read(path)))
    const adapters = translators.filter((path) => path.includes('/src/adapter/'))
    expect(adapters.filter((path) => !path.endsWith('/adapter/map-errors.ts'))).toEqual([])
  })
})
