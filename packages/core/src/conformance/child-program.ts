import { createHash } from 'node:crypto'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

/** How another process loads a harness module. */
export interface ChildProgram {
  /** For Node, before the program. */
  readonly arguments: readonly string[]
  readonly harnessUrl: string
}

type Build = (options: Readonly<Record<string, unknown>>) => Promise<unknown>

const programs = new Map<string, Promise<ChildProgram>>()

/**
 * JavaScript is loaded as it is. TypeScript is translated once, beside the module in `.cache/`, because check 74 starts
 * dozens of processes: by esbuild where that is installed, else by the Vite that Vitest brings along. Without both tsx
 * loads it, or Node has to know the language itself.
 */
export function childProgram(moduleUrl: string): Promise<ChildProgram> {
  const known = programs.get(moduleUrl)
  if (known) return known
  const program = prepare(moduleUrl)
  programs.set(moduleUrl, program)
  return program
}

async function prepare(moduleUrl: string): Promise<ChildProgram> {
  if (!/\.[cm]?ts$/.test(moduleUrl)) return { arguments: [], harnessUrl: moduleUrl }
  const esbuild = installed('esbuild', moduleUrl)
  if (esbuild !== undefined) return { arguments: [], harnessUrl: await translate(moduleUrl, esbuild, byEsbuild) }
  const vitest = installed('vitest', moduleUrl)
  const vite = vitest && installed('vite', vitest)
  if (vite !== undefined) return { arguments: [], harnessUrl: await translate(moduleUrl, vite, byVite) }
  const tsx = installed('tsx', moduleUrl)
  return { arguments: tsx === undefined ? [] : ['--import', tsx], harnessUrl: moduleUrl }
}

/** What a tool has to be told for one module with everything of the same package in it. */
type Request = (source: string, folder: string, file: string) => Readonly<Record<string, unknown>>

async function translate(moduleUrl: string, toolUrl: string, request: Request): Promise<string> {
  // An optional tool of the plugin's author, found at run time: its types are not here.
  const tool = (await import(/* @vite-ignore */ toolUrl)) as { readonly build: Build }
  const source = fileURLToPath(moduleUrl)
  const digest = createHash('sha256').update(source).digest('hex').slice(0, 8)
  const [folder, file] = [join(dirname(source), '.cache'), `${basename(source)}-${digest}-${process.pid}.mjs`]
  await tool.build(request(source, folder, file))
  return pathToFileURL(join(folder, file)).href
}

const byEsbuild: Request = (source, folder, file) => ({
  entryPoints: [source],
  outfile: join(folder, file),
  bundle: true,
  packages: 'external',
  platform: 'node',
  format: 'esm',
  target: 'node20',
  logLevel: 'error',
})

const byVite: Request = (source, folder, file) => ({
  configFile: false,
  root: dirname(source),
  logLevel: 'error',
  build: {
    ssr: source,
    target: 'node20',
    outDir: folder,
    emptyOutDir: false,
    rollupOptions: { output: { entryFileNames: file, format: 'es' } },
  },
})

function installed(name: string, from: string): string | undefined {
  try {
    return pathToFileURL(createRequire(from).resolve(name)).href
  } catch {
    return undefined
  }
}
