import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { root } from './sources.js'

/**
 * Gzipped bytes that importing `entry` loads: the built entry with everything it imports statically, minified. What is
 * imported dynamically is loaded at first use and does not count; undici and the like stay outside.
 */
export async function gzipBytesOf(entry: string): Promise<number> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: `export * from '${entry}'`, resolveDir: `${root}/scripts`, loader: 'js' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    minify: true,
    write: false,
    outdir: 'out',
    metafile: true,
    external: ['undici', 'ssh2'],
    logLevel: 'silent',
  })
  const start = Object.keys(metafile.outputs).find((name) => metafile.outputs[name]?.entryPoint === '<stdin>')
  const loaded = new Set<string>()
  const load = (name: string) => {
    if (loaded.has(name)) return
    loaded.add(name)
    for (const { path, kind } of metafile.outputs[name]?.imports ?? []) {
      if (kind === 'import-statement' && metafile.outputs[path]) load(path)
    }
  }
  if (start === undefined) throw new Error(`the bundle of ${entry} has no entry`)
  load(start)
  const chunks = outputFiles.filter((file) => [...loaded].some((name) => file.path.endsWith(name.replace(/^out/, ''))))
  return gzipSync(Buffer.concat(chunks.map((file) => file.contents)), { level: 9 }).length
}
