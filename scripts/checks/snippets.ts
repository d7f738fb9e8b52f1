import { filesBelow, read } from './sources.js'

/** A fenced `ts` block of a document. */
export interface Snippet {
  readonly document: string
  /** Line of the fence in the document, from 1. */
  readonly line: number
  readonly code: string
  /** Marked `ts run`: it is executed too. */
  readonly run: boolean
}

/** Every TypeScript snippet of the project's documents. */
export function snippets(): Snippet[] {
  const documents = filesBelow('.', (path) => path.endsWith('.md') && !/^(\.changeset|specs)\//.test(path))
  return documents.flatMap((document) => snippetsOf(document, read(document)))
}

/**
 * The `ts` blocks of one document. Blocks marked `ts fragment` are parts of something and not compiled; those marked
 * `ts file=...` are excerpts of files that are compiled and tested themselves.
 */
export function snippetsOf(document: string, text: string): Snippet[] {
  const found: Snippet[] = []
  let open: { line: number; run: boolean; lines: string[] } | undefined
  for (const [index, line] of text.split('\n').entries()) {
    const fence = /^```(\S*)\s*(\S*)/.exec(line)
    if (open) {
      if (!fence) open.lines.push(line)
      else {
        found.push({ document, line: open.line, code: `${open.lines.join('\n')}\n`, run: open.run })
        open = undefined
      }
    } else if (fence?.[1] === 'ts' && !/^(fragment|file=)/.test(fence[2] ?? '')) {
      open = { line: index + 1, run: fence[2] === 'run', lines: [] }
    } else if (fence?.[1] !== undefined && fence[1] !== '') {
      open = undefined
    }
  }
  return found
}
