/** One simple command of a script: `name=value` settings, words, and where its streams lead. */
export interface Command {
  readonly words: readonly Word[]
  readonly redirects: readonly { readonly from: '<' | '>' | '2>'; readonly to: Word }[]
}

/** Parts of a word: a text, or the name of a parameter (`?`, `@`, `1`, `c`) that is put in its place. */
export type Word = readonly (string | { readonly parameter: string })[]

/** What a POSIX shell makes of a script of simple commands; `undefined` for what this one cannot read. */
export function parseScript(script: string): readonly Command[] | undefined {
  const commands: Command[] = []
  let words: Word[] = []
  let redirects: { from: '<' | '>' | '2>'; to: Word }[] = []
  let waiting: '<' | '>' | '2>' | undefined
  const end = (): void => {
    if (words.length > 0 || redirects.length > 0) commands.push({ words, redirects })
    words = []
    redirects = []
  }
  for (let at = 0; at < script.length; ) {
    const separator = /^(?:[ \t]+|[;\n])/.exec(script.slice(at))?.[0]
    if (separator !== undefined) {
      if (separator === ';' || separator === '\n') end()
      at += separator.length
      continue
    }
    const redirect = /^(?:2>|>|<)/.exec(script.slice(at))?.[0] as '<' | '>' | '2>' | undefined // by the expression
    if (redirect !== undefined) {
      waiting = redirect
      at += redirect.length
      continue
    }
    const read = readWord(script, at)
    if (read === undefined) return undefined
    if (waiting === undefined) words.push(read.word)
    else redirects.push({ from: waiting, to: read.word })
    waiting = undefined
    at = read.end
  }
  if (waiting !== undefined) return undefined
  end()
  return commands
}

function readWord(script: string, start: number): { readonly word: Word; readonly end: number } | undefined {
  const word: (string | { parameter: string })[] = []
  let quoted = false
  let at = start
  for (; at < script.length; ) {
    const rest = script.slice(at)
    const parameter = /^\$(?:([?@\d])|([A-Za-z_]\w*))/.exec(rest)
    if (rest[0] === '"') {
      quoted = !quoted
      at += 1
    } else if (parameter !== null) {
      word.push({ parameter: parameter[1] ?? parameter[2] ?? '' })
      at += parameter[0].length
    } else if (!quoted && rest[0] === "'") {
      const close = script.indexOf("'", at + 1)
      if (close < 0) return undefined
      word.push(script.slice(at + 1, close))
      at = close + 1
    } else if (!quoted && rest[0] === '\\') {
      word.push(rest[1] ?? '')
      at += 2
    } else if (!quoted && /^[\s;<>]/.test(rest)) break
    else if (/^[$`&|()]/.test(rest))
      return undefined // nothing here needs them
    else {
      word.push(rest[0] ?? '')
      at += 1
    }
  }
  return quoted ? undefined : { word, end: at }
}
