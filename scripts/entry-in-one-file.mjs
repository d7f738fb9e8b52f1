import { readFile } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { build } from 'esbuild'

/**
 * An esbuild plugin: everything that `main` needs at import ends in one file, however many entries share parts of it.
 * Without it esbuild makes a chunk for each set of entries that share a module, and Node pays for each file it opens
 * about as much as for 15 kB of code.
 *
 * All other entries, also those that are imported later, are made to import `main` first, so that what `main` needs is one
 * chunk; then this chunk becomes the entry itself. For that it must export what `main` exports and nothing more: whatever
 * else other entries take from it fails the build, with its name.
 */
export function entryInOneFile(main) {
  return {
    name: 'entry-in-one-file',
    setup(plugged) {
      const options = plugged.initialOptions
      // A side-effect import of a package that declares none would be dropped.
      options.ignoreAnnotations = true
      let others = new Set()

      plugged.onStart(async () => {
        others = await otherEntries(options, main)
      })

      plugged.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
        if (!others.has(path)) return undefined
        return { contents: `${await readFile(path, 'utf8')}\nimport ${JSON.stringify(main)}\n`, loader: 'ts' }
      })

      plugged.onEnd(({ errors, outputFiles, metafile }) => {
        if (errors.length > 0) return
        const entry = outputOf(main, metafile)
        const [chunk, ...more] = entry.imports.filter(({ kind }) => kind === 'import-statement').map(({ path }) => path)
        if (chunk === undefined) return
        if (more.length > 0) throw new Error(`${entry.path} is made of several files: ${[chunk, ...more].join(', ')}`)
        const exported = new Set(entry.exports)
        const internal = metafile.outputs[chunk].exports.filter((name) => !exported.has(name))
        if (internal.length > 0) {
          throw new Error(
            `needed by ${entry.path} and by other entries, but not exported by it: ${internal.join(', ')}`,
          )
        }
        replaceFile(outputFiles, chunk, entry.path)
      })
    },
  }
}

/** What esbuild starts from beside `main`: the other entries and whatever is imported dynamically. */
async function otherEntries(options, main) {
  const { metafile } = await build({
    ...options,
    plugins: [],
    packages: 'external',
    metafile: true,
    write: false,
    logLevel: 'error',
  })
  const entries = Object.values(metafile.outputs).flatMap(({ entryPoint }) => entryPoint ?? [])
  return new Set(entries.map((path) => resolve(path)).filter((path) => path !== main))
}

function outputOf(source, metafile) {
  const [path, output] = Object.entries(metafile.outputs).find(
    ([, { entryPoint }]) => entryPoint !== undefined && resolve(entryPoint) === source,
  )
  return { path, ...output }
}

/** Puts the file `from`, with its source map, in the place of `to`, and makes everybody import it there. */
function replaceFile(outputFiles, from, to) {
  for (const suffix of ['', '.map']) {
    const find = (path) => outputFiles.findIndex((file) => file.path === resolve(path) + suffix)
    const source = find(from)
    const target = find(to)
    if (source === -1) continue
    outputFiles[target].contents = outputFiles[source].contents
    outputFiles.splice(source, 1)
  }
  for (const file of outputFiles) {
    if (!file.path.endsWith('.js')) continue
    const code = file.text.replaceAll(`/${basename(from)}"`, `/${basename(to)}"`)
    file.contents = Buffer.from(code)
  }
}
