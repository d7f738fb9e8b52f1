import { filesBelow, read } from './sources.js'

/**
 * Code blocks of the guides that are parts of real files: a fence ```` ```ts file=<path>#<region> ```` holds what stands
 * between `// #region <region>` and `// #endregion` of that file, or without a region the whole file.
 */
const block = /^```ts file=([^\s#]+)(?:#(\S+))?\n([\s\S]*?)^```$/gm

/** The documents with every excerpt as its file has it now. */
export async function generateExcerpts(): Promise<ReadonlyMap<string, string>> {
  const documents = filesBelow('docs', (path) => path.endsWith('.md'))
  const filled = documents.map((path): [string, string] => [path, fillExcerpts(read(path), read)])
  return new Map(filled.filter(([, text]) => new RegExp(block).test(text)))
}

/** The text with its excerpts filled from files. Throws where a region is not there. */
export function fillExcerpts(text: string, source: (path: string) => string): string {
  return text.replaceAll(block, (_whole, path: string, region: string | undefined) => {
    const place = region === undefined ? path : `${path}#${region}`
    return `\`\`\`ts file=${place}\n${excerptOf(source(path), place, region)}\`\`\``
  })
}

function excerptOf(code: string, place: string, region: string | undefined): string {
  const lines = code.split('\n')
  const start = lines.findIndex((line) => line.trim() === `// #region ${region}`)
  if (region !== undefined && start < 0) throw new Error(`${place}: there is no '// #region ${region}'`)
  const end = lines.findIndex((line, index) => index > start && line.trim() === '// #endregion')
  if (region !== undefined && end < 0) throw new Error(`${place}: the region has no '// #endregion'`)
  const shown = region === undefined ? lines : lines.slice(start + 1, end)
  return `${shown
    .filter((line) => !/^\s*\/\/ #(?:end)?region\b/.test(line))
    .join('\n')
    .trim()}\n`
}
