/** Constructs that JavaScript cannot say the same way. */
const untranslatable: readonly RegExp[] = [
  /\(\?>/, // atomic group: without it the pattern backtracks without bound
  /\(\?[<!=P#R&|]/,
  /\[\[:/,
  /\\[AzZGKXhHvVRpPQE]/,
  /[*+?}]\+/, // possessive quantifier
  /\[-\]\*\)/, // `(...|[-]*)x+` in a repetition: exponential without RE2's guarantees
]

/**
 * A pattern of the vendor's (Perl) schema as the source of a JavaScript regular expression without flags, or undefined
 * where it cannot be said. The platform matches it as `m/^$pattern$/`, so the result carries both anchors; an
 * alternation at the top level is left ungrouped, as there.
 */
export function translatePattern(perl: string): string | undefined {
  if (untranslatable.some((construct) => construct.test(perl))) return undefined
  const source = translateGroups(perl.replaceAll(/\{,(\d+)\}/g, '{0,$1}'))
  const anchored = `${source.startsWith('^') ? '' : '^'}${source}${/(?<!\\)\$$/.test(source) ? '' : '$'}`
  try {
    new RegExp(anchored)
    return anchored
  } catch {
    return undefined
  }
}

/** `(?^i:...)` and its like: flags in force are kept on a stack, letters inside an `i` group are spelled in both cases. */
function translateGroups(perl: string): string {
  const insensitive: boolean[] = []
  let result = ''
  let position = 0
  const next = (length: number): string => {
    const piece = perl.slice(position, position + length)
    position += length
    return piece
  }
  while (position < perl.length) {
    const ignoreCase = insensitive.at(-1) ?? false
    const rest = perl.slice(position)
    const flags = /^\(\?\^([a-z]*):/.exec(rest)
    if (flags) {
      insensitive.push((flags[1] ?? '').includes('i'))
      next(flags[0].length)
      result += '(?:'
    } else if (rest.startsWith('\\')) {
      result += next(2)
    } else if (rest.startsWith('[')) {
      const set = /^\[(?:\\.|[^\]\\])*\]/.exec(rest)?.[0] ?? rest
      next(set.length)
      result += ignoreCase ? bothCasesInSet(set) : set
    } else if (rest.startsWith('(')) {
      insensitive.push(ignoreCase)
      result += next(1)
    } else if (rest.startsWith(')')) {
      insensitive.pop()
      result += next(1)
    } else {
      const character = next(1)
      result +=
        ignoreCase && /[a-z]/i.test(character) ? `[${character.toLowerCase()}${character.toUpperCase()}]` : character
    }
  }
  return result
}

/** Adds the other case of every letter and letter range of a character set; escapes stay. */
function bothCasesInSet(set: string): string {
  const additions = new Set<string>()
  const known = new Set<string>()
  for (const [, escaped, from, to] of set.slice(1, -1).matchAll(/(\\.)|([a-zA-Z])(?:-([a-zA-Z]))?/g)) {
    if (escaped || !from) continue
    const range = to ? `${from}-${to}` : from
    known.add(range)
    additions.add(swapCase(range))
  }
  return `${set.slice(0, -1)}${[...additions].filter((range) => !known.has(range)).join('')}]`
}

function swapCase(text: string): string {
  return [...text]
    .map((letter) => (letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase()))
    .join('')
}
